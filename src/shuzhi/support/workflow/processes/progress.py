"""How far one's own case is (办件进度): which offices are done, who has it now, what comes next, and until when.

For whoever asked for the case: no notes, no names of clerks, none of the variables.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import audience, models
from shuzhi.support.workflow.errors import NoSuchCase
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration
from shuzhi.support.workflow.processes.declaring import models as read
from shuzhi.support.workflow.processes.model import SCOPES, Model, Node
from shuzhi.support.workflow.processes.queries import case_value, task_value
from shuzhi.support.workflow.processes.types import ProcessCase, ProcessTask, Progress, Result, Stage

HUMAN = ("userTask", "manualTask")
MOST_OWN = 100
WAITS = Words(
    zh="有系统暂时没有答复，恢复后自动继续，您不用做什么。",
    en="A system does not answer now; the case goes on by itself once it does. Nothing for you to do.",
)
RESULTS = "results"


def own_cases(*, actor: Actor, most: int = MOST_OWN) -> list[ProcessCase]:
    """The cases that somebody asked for, the newest first."""
    rows = models.ProcessCase.objects.filter(requester=actor.name).defer("snapshot", "variables")
    return [case_value(row) for row in rows.order_by("-id")[:most]]


def begun_by_submission(submission: str, *, requester: str) -> ProcessCase | None:
    """The case that somebody's submitted form began; None where it began none."""
    rows = models.ProcessCase.objects.filter(
        requester=requester, variables__submission=submission
    )  # as form_starts names it
    row = rows.order_by("id").first()
    return case_value(row) if row else None


def own_tasks(*, actor: Actor, today: date, most: int = MOST_OWN) -> list[ProcessTask]:
    """What waits for somebody in the cases that they asked for, the most urgent first."""
    rows = models.ProcessTask.objects.filter(is_open=True, awaits__overlap=audience.held_by(actor))
    rows = rows.filter(case__requester=actor.name).select_related("case").defer("case__snapshot")
    return [task_value(row, today) for row in rows.order_by("due_on", "id")[:most]]


def own_progress(number: int, *, actor: Actor) -> Progress:
    """How far a case is that the actor asked for.

    Raises:
        NoSuchCase: there is none of this number, or somebody else asked for it.
    """
    row = models.ProcessCase.objects.filter(id=number, requester=actor.name).first()
    if row is None:
        raise NoSuchCase(case=number)
    found = replace(
        case_value(row), variables={}, problem=WAITS if row.problem and row.closed_at is None else None
    )
    tasks = models.ProcessTask.objects.filter(case=row).exclude(outcome="withdrawn").order_by("id")
    mine = set(audience.held_by(actor))
    stages = [_of_task(task, mine) for task in tasks]
    if found.closed_at is None:
        stages += _ahead(row.definition_id, row.standing, row.passed, row.office)
    return Progress(found, tuple(stages), tuple(_results(row.variables.get(RESULTS))))


def _results(told: object) -> Iterator[Result]:
    """What a process tells its requester: the variable `results`, a list with matter, office, done, number, note, credential."""
    for each in told if isinstance(told, list) else ():
        if isinstance(each, Mapping) and each.get("matter"):
            matter = each["matter"]
            words = matter if isinstance(matter, Mapping) else {"zh": matter}
            yield Result(
                matter=Words(zh=str(words.get("zh", "")), en=str(words.get("en") or words.get("zh", ""))),
                office=str(each.get("office") or ""),
                done=each.get("done") is True,
                number=str(each.get("number") or ""),
                note=str(each.get("note") or ""),
                credential=str(each.get("credential") or ""),
            )


def _of_task(task: models.ProcessTask, mine: set[str]) -> Stage:
    return Stage(
        title=Words(zh=task.title_zh, en=task.title_en),
        office=task.office,
        state="now" if task.is_open else "done",
        done_on=day_of(task.closed_at) if task.closed_at else None,
        due_on=task.due_on if task.is_open else None,
        task=task.id if task.is_open and not mine.isdisjoint(task.awaits) else None,
    )


def _ahead(definition: str, standing: Iterable[str], passed: Iterable[str], office: str) -> list[Stage]:
    """What people will have to do yet; what every way leads through is certain, the rest depends."""
    model, others = _models(definition)
    here = [place.rpartition("/")[2] for place in standing]
    behind = {place.rpartition("/")[2] for place in passed} | set(here)
    ways = _Ways(model, others)
    order = ways.reached(here)
    return [
        Stage(
            title=Words(zh=node.name or node.id, en=node.en),
            office=_office(node, office),
            state="next",
            certain=not ways.gets_round(here, node.id),
        )
        for node in order
        if node.kind in HUMAN and node.id not in behind and not node.compensates
    ]


def _office(node: Node, office: str) -> str:
    named = node.own.get("office", "")
    return "" if named.startswith("=") or "division" in node.own else named or office


@lru_cache(maxsize=64)
def _models(definition: str) -> tuple[Model, Mapping[str, Model]]:
    declared = models.ProcessVersion.objects.values_list("declared", flat=True).get(id=definition)
    return read(ProcessDeclaration.model_validate(declared))


class _Ways:
    """The flows of a process with its sub-processes and those that it calls, as one graph."""

    def __init__(self, own: Model, others: Mapping[str, Model]) -> None:
        self.nodes: dict[str, Node] = {}
        self.next: dict[str, list[str]] = {}
        for model in {id(each): each for each in (own, *others.values())}.values():
            self._read(model)
        self.ends = {name for name, following in self.next.items() if not following}

    def _read(self, model: Model) -> None:
        self.nodes |= model.nodes
        starts: dict[str, list[str]] = {}
        for node in model.nodes.values():
            if node.kind == "startEvent":
                starts.setdefault(node.scope, []).append(node.id)
        for scope in model.scopes.values():
            if scope.kind == "adHocSubProcess":
                led_to = {flow.target for flow in scope.flows}
                starts[scope.id] = [name for name in scope.nodes if name not in led_to]
        for node in model.nodes.values():
            out = [target for source, target in model.ways(model.scopes[node.scope]) if source == node.id]
            inner = node.id if node.kind in SCOPES else node.attributes.get("calledElement", "")
            into = starts.get(inner.rpartition(":")[2], []) if not node.is_event_subprocess else []
            self.next[node.id] = [*into, *out]

    def reached(self, begun: Iterable[str], *, but: str = "") -> list[Node]:
        """Every node ahead, the nearest first."""
        waiting, seen, order = deque(begun), set(begun), []
        while waiting:
            for name in self.next.get(waiting.popleft(), ()):
                if name not in seen and name != but:
                    seen.add(name)
                    waiting.append(name)
                    order.append(self.nodes[name])
        return order

    def gets_round(self, begun: Iterable[str], name: str) -> bool:
        """Whether an end can be reached without this node, or without the sub-process that it is in."""
        while name in self.nodes and name not in begun:
            scope = self.nodes[name].scope
            ends = {each for each in self.ends if self.nodes[each].scope == scope}
            if any(node.id in ends for node in self.reached(list(begun), but=name)):
                return True
            name = scope
        return False
