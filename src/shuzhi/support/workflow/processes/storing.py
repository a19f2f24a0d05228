"""Between the tables and a run (存取): a case is read, taken one step, and written; all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.support.decisions import queries as decisions
from shuzhi.support.workflow import deadlines, models
from shuzhi.support.workflow.errors import ExpressionFailed, NoSuchCase, TaskNotOpen
from shuzhi.support.workflow.processes import assigning, snapshots
from shuzhi.support.workflow.processes.building import Built
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, compiled
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.specs import Service
from shuzhi.support.workflow.processes.standing import Open
from shuzhi.support.workflow.processes.types import CaseState
from shuzhi.support.workflow.processes.values import kept, restored, weigh
from shuzhi.support.workflow.types import Due, State

RUNNING = State(id="open", title=Words(zh="办理中", en="Open"))
_OVER = {CaseState.COMPLETED, CaseState.FAILED, CaseState.CANCELLED}
# What a step may change in a case: all that `write` and those who call it set.
_MOVED = (
    "definition_id", "state", "problem", "variables", "snapshot", "standing", "passed", "closed_at", "retry_at", "version",
)  # fmt: skip
_CLOSE = """
UPDATE workflow_processtask SET is_open = false, closed_at = %s, outcome = %s WHERE case_id = %s AND number = ANY(%s)
"""


@lru_cache(maxsize=256)
def built(version: str) -> Built:
    """A stored definition ready to run; built once a process, since a hash never changes."""
    declared = models.ProcessVersion.objects.values_list("declared", flat=True).get(id=version)
    return compiled(ProcessDeclaration.model_validate(declared))


def locked(case: int) -> models.ProcessCase:
    """A case's row, held until the transaction ends.

    Raises:
        NoSuchCase: there is none of this number.
    """
    row = prepared.locked(models.ProcessCase, case)
    if row is None:
        raise NoSuchCase(case=case)
    return row


def locked_by_task(task: int) -> tuple[models.ProcessCase, models.ProcessTask]:
    """A task and its case; the case is held until the transaction ends, as every step begins there.

    Raises:
        TaskNotOpen: there is none of this number.
    """
    case = prepared.run("SELECT case_id FROM workflow_processtask WHERE id = %s", [task])
    if not case:
        raise TaskNotOpen(task=task)
    row = locked(case[0][0])
    item = prepared.found(models.ProcessTask, task)
    assert item is not None  # tasks are never removed
    return row, item


def run_of(row: models.ProcessCase, *, at: datetime) -> Run:
    """The run of a case, ready for a step."""
    run = Run(built(row.definition_id), restored(row.variables), at, decide, subject=row.subject)
    if row.snapshot:
        snapshots.put_back(run, row.snapshot)
    return run


def decide(rules: str, decision: str, inputs: Mapping[str, Any], at: datetime) -> Any:
    """Ask a rule as of the day.

    Raises:
        RulesNotInstalled: there are no such rules.
        ExpressionFailed: they have no answer.
    """
    given = {name: restored(value) for name, value in inputs.items()}
    answer = decisions.installed_rules(rules).decide(decision, given, as_of=day_of(at), at=at)
    if answer.status is not decisions.Status.VALUE:
        why = ", ".join(answer.missing) or "; ".join(str(each.as_dict()) for each in answer.problems[:3])
        raise ExpressionFailed(
            element=rules,
            text=decision,
            why=f"the rule has no answer ({why})"[:300],
            why_zh=f"规则没有结论（{why}）"[:300],
        )
    return answer.value


def write(run: Run, row: models.ProcessCase, *, at: datetime, done: int | None = None) -> None:
    """Put a run's state back into the tables: the case, its open tasks, its timers and what it waits for."""
    before = row.snapshot.get("open") if row.snapshot else None
    weigh(
        [run.variables, *(each for task in run.tasks() for each in (task.data, task.internal_data) if each)]
    )
    row.variables = kept(run.variables)
    row.snapshot = snapshots.taken(run)
    row.standing, row.passed = run.standing(), run.passed()
    open_now = [] if run.ended else run.open()
    human = [each for each in open_now if not isinstance(run.task(each.number).task_spec, Service)]
    served = len(human) < len(open_now)
    timers = [] if run.ended else [(due.number, due.element, due.at.isoformat()) for due in run.timers()]
    waits = [] if run.ended else [(each.number, each.kind, each.name, each.key) for each in run.catches()]
    row.retry_at = at if served else None
    _end(run, row, at=at)
    row.snapshot["open"] = {
        "tasks": [each.number for each in human],
        "timers": [list(each) for each in timers],
        "waits": [list(each) for each in waits],
    }
    _save(row)
    _write_tasks(run, row, human, before, at=at, done=done)
    if before is None or before["timers"] != row.snapshot["open"]["timers"]:
        if before and before["timers"]:
            prepared.write("DELETE FROM workflow_processtimer WHERE case_id = %s", [row.id])
        prepared.note_all(
            models.ProcessTimer(case_id=row.id, number=n, element=e, due_at=datetime.fromisoformat(t))
            for n, e, t in timers
        )
    if before is None or before["waits"] != row.snapshot["open"]["waits"]:
        if before and before["waits"]:
            prepared.write("DELETE FROM workflow_processwait WHERE case_id = %s", [row.id])
        prepared.note_all(
            models.ProcessWait(case_id=row.id, number=n, kind=k, name=name, key=key)
            for n, k, name, key in waits
        )


def _save(row: models.ProcessCase) -> None:
    if row.id is None:
        prepared.add(row)
    else:
        prepared.change(row, *_MOVED)


def _end(run: Run, row: models.ProcessCase, *, at: datetime) -> None:
    row.problem = None
    if not run.ended:
        row.state = CaseState.RUNNING
        return
    if row.state != CaseState.CANCELLED:
        row.state = CaseState.FAILED if run.failed else CaseState.COMPLETED
    if run.failed:
        code, message = run.failed
        row.problem = {"zh": f"错误 {code}：{message}", "en": f"Error {code}: {message}"}
    row.closed_at = at


def _write_tasks(
    run: Run,
    row: models.ProcessCase,
    human: list[Open],
    before: Mapping[str, Any] | None,
    *,
    at: datetime,
    done: int | None,
) -> None:
    had = set(before["tasks"]) if before else set()
    have = {each.number for each in human}
    if done is not None and done in had:
        prepared.write(_CLOSE, [at, "done", row.id, [done]])
    if gone := had - have - {done}:
        prepared.write(_CLOSE, [at, "withdrawn", row.id, sorted(gone)])
    prepared.note_all(_task_row(run, row, each, at=at) for each in human if each.number not in had)


def _task_row(run: Run, row: models.ProcessCase, task: Open, *, at: datetime) -> models.ProcessTask:
    node = task.node
    seen = {**run.variables, **task.data, "office": row.office, "requester": row.requester}
    offices = assigning.offices_of(node, row, seen, at)
    roles = assigning.roles_of(node, offices)
    pool = assigning.seats(offices, roles)
    title = assigning.title_of(node, seen, at)
    holder = assigning.least_loaded(offices, roles) if node.own.get("assign") == "least-loaded" else None
    made = models.ProcessTask(
        case_id=row.id,
        number=task.number,
        element=node.id,
        title_zh=title.zh,
        title_en=title.en,
        instance=task.instance,
        office=offices[0] if offices else row.office,
        form=node.own.get("form", ""),
        inputs=kept(run.inputs(task)),
        pool=pool,
        awaits=assigning.seats([holder], ()) if holder else pool,
        holder=holder,
        opened_at=at,
        amber=int(node.own.get("amber", 0)),
        escalate=node.own.get("escalate", "").split(),
    )
    _set_clock(made, assigning.days_of(node, seen, at), at=at)
    return made


def _set_clock(made: models.ProcessTask, days: int | None, *, at: datetime) -> None:
    if days is None:
        made.due_reason, made.counted_on, made.days_left = "none", day_of(at), 0
        return
    began = deadlines.begin(Due(working_days=days), RUNNING, on=day_of(at))
    made.due_on, made.due_reason = began.due_on, began.reason.value
    made.counted_on, made.days_left = began.counted_on, began.days_left


def is_over(row: models.ProcessCase) -> bool:
    """Whether nothing more can be done with a case."""
    return CaseState(row.state) in _OVER
