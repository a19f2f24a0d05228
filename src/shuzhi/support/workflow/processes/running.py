"""One case on the engine (运行): a step in, what it waits for out. No clock, no table, no network is reached from here."""

# mypy: disable-error-code="misc"
from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from shuzhi.support.workflow.errors import ExpressionFailed, ProcessRunsAway, TaskNotOpen
from shuzhi.support.workflow.processes import specs
from shuzhi.support.workflow.processes.building import Built
from shuzhi.support.workflow.processes.events import At, Cycle, Error, Escalation, Message, Signal
from shuzhi.support.workflow.processes.feel import MOST_AT_ONCE, FeelOnly, value_of
from shuzhi.support.workflow.processes.model import Many, Node
from shuzhi.support.workflow.processes.values import restored, stored

# The engine tells its logs what a task holds, which is nobody's business there, and works out all of it each time.
for _log in ("spiff", "spiff.data", "spiff.task", "spiff.workflow"):
    logging.getLogger(_log).setLevel(logging.WARNING)

MOST_STEPS = 500  # without anybody being waited for; instances of a joint review beyond that count too
MOST_TASKS = 20_000

Decide = Callable[[str, str, Mapping[str, Any], datetime], Any]


def no_rules(rules: str, decision: str, inputs: Mapping[str, Any], at: datetime) -> Any:
    """For runs that ask no rule."""
    del inputs, at
    raise ExpressionFailed(element=rules, text=decision, why="no rules here", why_zh="没有规则")


@dataclass(frozen=True)
class Open:
    """A task that waits for a person or for a service; `number` is its name within the case."""

    number: int
    node: Node
    instance: int | None  # of a joint review, from 0
    data: Mapping[str, Any]  # what the task sees beyond the case's variables


@dataclass(frozen=True)
class Catch:
    """A message or signal that the case waits for."""

    number: int
    kind: str
    name: str
    key: str


@dataclass(frozen=True)
class Due:
    """A timer."""

    number: int
    element: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """A message or signal that left the case in this step; the payload is stored JSON."""

    kind: str
    name: str
    key: str
    payload: Mapping[str, Any]


@dataclass
class Run:
    """A case in memory, for the length of one step."""

    built: Built
    variables: dict[str, Any]
    at: datetime
    decide: Decide = no_rules
    subject: str = ""
    sent: list[Sent] = field(default_factory=list)
    failed: tuple[str, str] | None = None
    numbers: dict[Any, int] = field(default_factory=dict)
    next_number: int = 1

    def __post_init__(self) -> None:
        self.engine = FeelOnly(self.variables, self.at)
        self.engine.run = self
        self.steps = 0
        self.workflow: Any = None

    # --- what may be done

    def start(self) -> None:
        """Begin, and go on until somebody is waited for."""
        self.workflow = BpmnWorkflow(self.built.spec, dict(self.built.inner), script_engine=self.engine)
        self.go()

    def complete(self, number: int, outputs: Mapping[str, Any]) -> None:
        """A person or a service is done; outputs are FEEL values.

        Raises:
            TaskNotOpen: the task is not waiting.
        """
        task = self.task(number)
        node: Node = task.task_spec.node
        if node.outputs:
            seen = {**self.engine.scope_of(task), **outputs}
            given = {name: self._value(text, seen, node.id) for name, text, _ in node.outputs}
        else:
            given = {node.own["result"]: dict(outputs)} if node.own.get("result") else dict(outputs)
        self.assign(task, given)
        task.run()
        self.go()

    def answer(self, number: int, value: Any) -> None:
        """A service has answered; its value goes where the task says."""
        node: Node = self.task(number).task_spec.node
        if node.outputs:
            self.complete(number, {"result": value})
        else:
            task = self.task(number)
            if node.own.get("result"):
                self.assign(task, {node.own["result"]: value})
            task.run()
            self.go()

    def fail(self, number: int, code: str, message: str) -> None:
        """A service refuses by a business error."""
        self.raise_error(self.task(number), code, message=message)
        self.go()

    def fire(self) -> None:
        """Everything that is due."""
        for _ in range(MOST_STEPS):
            self.go()
            if not any(due.at <= self.at for due in self.timers()):
                return
        raise ProcessRunsAway(most=MOST_STEPS)

    def receive(self, kind: str, name: str, payload: Mapping[str, Any], number: int | None = None) -> bool:
        """A message for one waiting place, or a signal for all of the case; whether anything waited."""
        definition = Message(name) if kind == "message" else Signal(name)
        caught = False
        for task in list(self._catching()):
            wanted = number is None or self.numbers.get(task.id) == number
            if wanted and task.task_spec.event_definition.catches(task, BpmnEvent(definition)):
                caught = True
                self._catch(task, definition, payload)
                if kind == "message":
                    break
        self.go()
        return caught

    def cancel(self) -> None:
        """End everything."""
        self.workflow.cancel()

    def go(self) -> None:
        """Whatever needs nobody.

        Raises:
            ProcessRunsAway: it never comes to rest.
        """
        while True:
            while self._once():
                pass
            if self.failed is not None and not self.workflow.completed:
                self.workflow.cancel()
            self.workflow.refresh_timers()
            if self.workflow.completed or not any(self._moving()):
                break
        self._number()

    # --- what is waited for

    @property
    def ended(self) -> bool:
        """Whether the case is over."""
        return bool(self.workflow.completed)

    def open(self) -> list[Open]:
        """Tasks for people and services, in the order in which they came."""
        return [
            Open(
                self.numbers[task.id],
                task.task_spec.node,
                task.internal_data.get("key_or_index"),
                dict(task.data),
            )
            for task in self._tasks()
            if task.state == TaskState.READY and isinstance(task.task_spec, specs.Human)
        ]

    def timers(self) -> list[Due]:
        """Every timer that runs."""
        found = []
        for task in self._catching():
            for definition in _definitions(task):
                if isinstance(definition, (At, Cycle)):
                    due = task.internal_data.get("due", {}).get(definition.name)
                    if due:
                        number = self.numbers.get(task.id, 0)
                        found.append(Due(number, definition.name, datetime.fromisoformat(due)))
        return found

    def catches(self) -> list[Catch]:
        """Every message and signal that is waited for."""
        found = []
        for task in self._catching():
            for definition in _definitions(task):
                if isinstance(definition, (Message, Signal)):
                    kind = "message" if isinstance(definition, Message) else "signal"
                    key = self._key(task, definition.key) if isinstance(definition, Message) else ""
                    found.append(Catch(self.numbers[task.id], kind, definition.name, key))
        return found

    def standing(self) -> list[str]:
        """Where the case stands: `scope/element` of all that is open, each once."""
        live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        return sorted({_where(task) for task in self._tasks() if task.has_state(live) and _drawn(task)})

    def passed(self) -> list[str]:
        """What the case has finished, each once."""
        return sorted(
            {_where(task) for task in self._tasks() if task.state == TaskState.COMPLETED and _drawn(task)}
        )

    def inputs(self, task: Open) -> dict[str, Any]:
        """What a task is given: its mapping, or nothing but its own data."""
        seen = {**self.variables, **task.data}
        return {name: self._value(text, seen, task.node.id) for name, text, _ in task.node.inputs}

    # --- what the engine's specs ask

    def assign(self, task: Any, given: Mapping[str, Any]) -> None:
        """Set variables: the instance's own within a joint review, else the case's."""
        values = {name: restored(value) for name, value in given.items()}
        if "loopCounter" in task.data:
            task.data.update(values)
        else:
            self.variables.update(values)

    def compute(self, task: Any, node: Node) -> None:
        """Ask the rule, or compute the script."""
        seen = self.engine.scope_of(task)
        if node.kind == "scriptTask":
            value = self._value(node.script, seen, node.id)
        else:
            mapped = {name: self._value(text, seen, node.id) for name, text, _ in node.inputs}
            value = restored(
                stored(self.decide(node.own["rules"], node.own["decision"], mapped or seen, self.at))
            )
        if node.outputs:
            seen = {**seen, "result": value}
            self.assign(task, {name: self._value(text, seen, node.id) for name, text, _ in node.outputs})
        else:
            self.assign(task, {node.own["result"]: value})

    def items(self, task: Any, many: Many) -> list[Any]:
        """Whom or what a joint review is over.

        Raises:
            ExpressionFailed: neither a number nor a list, or too many.
        """
        text = many.collection or many.cardinality
        value = self.engine.value(task, text)
        if (
            not many.collection
            and isinstance(value, Decimal)
            and value == value.to_integral_value()
            and value >= 0
        ):
            value = [restored(number + 1) for number in range(min(int(value), MOST_AT_ONCE + 1))]
        if not isinstance(value, list) or len(value) > MOST_AT_ONCE:
            why = f"at most {MOST_AT_ONCE} items" if isinstance(value, list) else "no list and no number"
            raise ExpressionFailed(
                element=task.task_spec.name[2:],
                text=text[:80],
                why=why,
                why_zh=f"应为名单或人数，至多 {MOST_AT_ONCE}",
            )
        return value

    def enough(self, task: Any, child: Any, many: Many) -> bool:
        """Whether a joint review is decided."""
        kept = task.internal_data
        done = len(kept["merged"])
        numbers = {
            "numberOfInstances": kept["count"],
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": kept["count"] - done if many.kind == "parallel" else 0,
        }
        seen = {**self.engine.scope_of(child), **self.engine.scope_of(task)}
        value = self._value(
            many.condition, seen | {k: restored(v) for k, v in numbers.items()}, task.task_spec.name
        )
        if isinstance(value, bool):
            return value
        raise ExpressionFailed(
            element=task.task_spec.name[2:],
            text=many.condition[:80],
            why="neither true nor false",
            why_zh="结果不是真或假",
        )

    def send(self, kind: str, name: str, task: Any, key: str) -> None:
        """Something leaves the case; a signal reaches the case itself at once."""
        payload = stored(self.engine.scope_of(task))
        self.sent.append(Sent(kind, name, self._key(task, key) if kind == "message" else "", payload))
        if kind == "signal":
            for waiting in list(self._catching()):
                definition = Signal(name)
                if waiting.task_spec.event_definition.catches(waiting, BpmnEvent(definition)):
                    self._catch(waiting, definition, {})

    def raise_error(self, task: Any, code: str, *, message: str) -> None:
        """Give an error to its nearest catcher; without one the case fails."""
        thrown = Error("", code)
        if not self._climb(task, thrown, {"errorCode": code, "errorMessage": message}):
            self.failed = (code, message)

    def escalate(self, task: Any, code: str) -> None:
        """Give an escalation to its nearest catcher, if there is one."""
        if not self._climb(task, Escalation("", code), {"escalationCode": code}):
            self.sent.append(Sent("escalation", code, self.subject, {}))

    # --- within

    def task(self, number: int) -> Any:
        """An open task by its number."""
        for task in self._tasks():
            if self.numbers.get(task.id) == number and task.state == TaskState.READY:
                if isinstance(task.task_spec, specs.Human):
                    return task
        raise TaskNotOpen(task=number)

    def _climb(self, task: Any, thrown: Any, payload: Mapping[str, Any]) -> bool:
        top = self.workflow
        while task is not None:
            around = task.parent
            if around is not None and isinstance(around.task_spec, BoundaryEventSplit):
                if self._give(
                    [each for each in around.children if isinstance(each.task_spec, BoundaryEvent)],
                    thrown,
                    payload,
                ):
                    return True
            if around is not None and not {"key_or_index", "iteration"}.isdisjoint(task.internal_data):
                task = around  # an instance of a joint review: the review's own boundary
                continue
            if self._give(_beside(task), thrown, payload):
                return True
            inner = task.workflow.parent_task_id
            task = top.get_task_from_id(inner) if inner is not None else None
        return False

    def _give(self, places: list[Any], thrown: Any, payload: Mapping[str, Any]) -> bool:
        waiting = [
            each
            for each in places
            if each.state == TaskState.WAITING
            and each.task_spec.event_definition.__class__ is thrown.__class__
            and each.task_spec.event_definition.code in (None, "", thrown.code)
        ]
        if not waiting:
            return False
        exact = [each for each in waiting if each.task_spec.event_definition.code == thrown.code]
        chosen = (exact or waiting)[0]
        self._catch(chosen, chosen.task_spec.event_definition, payload)
        return True

    def _catch(self, task: Any, definition: Any, payload: Mapping[str, Any]) -> None:
        task.task_spec.catch(task, BpmnEvent(definition, payload=dict(payload)))
        task.task_spec._update(task)

    def _key(self, task: Any, text: str) -> str:
        if not text:
            return self.subject
        value = self._value(text, self.engine.scope_of(task), task.task_spec.name[2:])
        return str(value)[:300]

    def _value(self, text: str, seen: Mapping[str, Any], element: str) -> Any:
        return value_of(text, seen, at=self.at, element=element)[0]

    def _once(self) -> bool:
        """Run what is ready, the innermost first; whether anything was."""
        moving = sorted(self._moving(), key=lambda task: -task.workflow.depth)
        for task in moving:
            if task.state == TaskState.READY and task.id in task.workflow.tasks:
                self.steps += 1
                if self.steps > MOST_STEPS or len(self.workflow.tasks) > MOST_TASKS:
                    raise ProcessRunsAway(most=MOST_STEPS)
                _run_one(task)
        for inner in list(self.workflow.subprocesses.values()):
            around = self.workflow.get_task_from_id(inner.parent_task_id)
            if around is not None and around.state == TaskState.STARTED and inner.completed:
                around.task_spec._update(around)
        return bool(moving)

    def _moving(self) -> Iterator[Any]:
        return (each for each in self._tasks() if each.state == TaskState.READY and not each.task_spec.manual)

    def _tasks(self) -> Iterator[Any]:
        for flow in (self.workflow, *self.workflow.subprocesses.values()):
            yield from flow.tasks.values()

    def _catching(self) -> Iterator[Any]:
        return (
            task
            for task in self._tasks()
            if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
        )

    def _number(self) -> None:
        for task in self._tasks():
            if task.id not in self.numbers:
                self.numbers[task.id] = self.next_number
                self.next_number += 1


def _run_one(task: Any) -> None:
    try:
        task.run()
    except WorkflowException as error:
        raise ExpressionFailed(
            element=_where(task).rpartition("/")[2],
            text="—",
            why=f"no way leads on from here ({error})",
            why_zh="没有一条路的条件成立，也没有默认流",
        ) from error


def _definitions(task: Any) -> list[Any]:
    definition = task.task_spec.event_definition
    return (
        list(definition.event_definitions)
        if isinstance(definition, MultipleEventDefinition)
        else [definition]
    )


def _beside(task: Any) -> list[Any]:
    """The starts of the event sub-processes of a task's scope."""
    found = []
    for each in task.workflow.task_tree.children:
        if isinstance(each.task_spec, specs.Aside):
            inner = task.workflow.top_workflow.subprocesses.get(each.id)
            if inner is not None:
                found += [one for one in inner.tasks.values() if isinstance(one.task_spec, specs.AsideStart)]
    return found


def _drawn(task: Any) -> bool:
    return str(task.task_spec.name).startswith("n:")


def _where(task: Any) -> str:
    name = str(task.task_spec.name).removeprefix("n:").removesuffix(".one")
    return f"{task.workflow.spec.name}/{name}"
