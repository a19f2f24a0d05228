"""Reads of processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import Count, F, QuerySet

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import audience, deadlines, models, waiting
from shuzhi.support.workflow.errors import NoSuchCase, NoSuchProcess, TaskNotOpen
from shuzhi.support.workflow.processes import snapshots, storing
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration
from shuzhi.support.workflow.processes.declaring import models as models_of
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.types import CaseState, ProcessCase, ProcessStep, ProcessTask
from shuzhi.support.workflow.processes.values import restored, stored
from shuzhi.support.workflow.queries import between_others, is_side, oversees


def processes() -> list[tuple[str, str, str]]:
    """Every process in force: its id, version and pack."""
    rows = models.ProcessVersion.objects.filter(current=True).order_by("process")
    return [(row.process, row.id, row.pack) for row in rows]


def process(process: str, *, version: str | None = None) -> ProcessDeclaration:
    """The declaration in force, or an earlier version.

    Raises:
        NoSuchProcess: there is none.
    """
    wanted = {"current": True} if version is None else {"id": version}
    row = models.ProcessVersion.objects.filter(process=process, **wanted).first()
    if row is None:
        raise NoSuchProcess(process=process)
    return ProcessDeclaration.model_validate(row.declared)


def begun_by(form: str) -> str:
    """The process in force that a form begins; empty where none does."""
    rows = models.ProcessVersion.objects.filter(current=True, begins_by="form", begins_name=form)
    return str(rows.values_list("process", flat=True).first() or "")


def cases_naming(key: str, name: str) -> int:
    """How many running cases have a definition whose tasks name this form (`form`) or these rules (`rules`)."""
    alive = models.ProcessCase.objects.filter(state__in=[CaseState.RUNNING, CaseState.FAULTY])
    counted = alive.values_list("definition_id").annotate(count=Count("id")).order_by("definition_id")
    return sum(count for version, count in counted if name in _named(version, key))


def _named(version: str, key: str) -> set[str]:
    declared = models.ProcessVersion.objects.values_list("declared", flat=True).get(id=version)
    own, others = models_of(ProcessDeclaration.model_validate(declared))
    return {node.own.get(key, "") for model in (own, *others.values()) for node in model.nodes.values()}


def case(number: int) -> ProcessCase:
    """One case.

    Raises:
        NoSuchCase: there is none of this number.
    """
    row = models.ProcessCase.objects.filter(id=number).first()
    if row is None:
        raise NoSuchCase(case=number)
    return case_value(row)


def readable_case(number: int, *, actor: Actor) -> ProcessCase:
    """One case, if the actor takes part in it; the bureau, leaders and administrators oversee all.

    Raises:
        NoSuchCase: there is none of this number.
        Forbidden: it is between other offices.
    """
    found = case(number)
    if is_side(found.office, found.requester, actor=actor):
        return found
    mine = models.ProcessTask.objects.filter(case_id=number, pool__overlap=audience.held_by(actor))
    if mine.exists() or models.ProcessTask.objects.filter(case_id=number, holder=actor.name).exists():
        return found
    raise between_others(number, actor=actor)


def cases(
    *,
    process: str | None = None,
    subject: str | None = None,
    office: str | None = None,
    state: CaseState | None = None,
    before: int | None = None,
    size: int = 50,
) -> list[ProcessCase]:
    """Cases that fit every condition given, the newest first; `before` is the last number of the page before.

    Where there is a condition, the order is one that only the conditions' indexes have. In that of the primary key
    the database would look through all later cases for those of a process that has ended, and find them last.
    """
    wanted = {"process": process, "subject": subject, "office": office, "state": state and state.value}
    given = {key: value for key, value in wanted.items() if value is not None}
    return [case_value(row) for row in _newest(given, before, size)]


def _newest(given: Mapping[str, str], before: int | None, size: int) -> QuerySet[models.ProcessCase]:
    rows = models.ProcessCase.objects.filter(**given).defer("snapshot", "variables")
    if given:
        rows = rows.alias(newest=models.NEWEST).order_by("newest")
        return (rows if before is None else rows.filter(newest__gt=-before))[:size]
    return (rows if before is None else rows.filter(id__lt=before)).order_by("-id")[:size]


def readable_cases(
    *,
    actor: Actor,
    process: str | None = None,
    state: CaseState | None = None,
    before: int | None = None,
    size: int = 50,
) -> list[ProcessCase]:
    """The newest cases of the actor's office, or asked for by it; the bureau, leaders and administrators oversee all."""
    if oversees(actor):
        return cases(process=process, state=state, before=before, size=size)
    wanted = {"process": process, "state": state and state.value}
    given = {key: value for key, value in wanted.items() if value is not None}
    sides = [side for side in (actor.office, actor.name) if side]
    # One list for each way in which a case can be theirs, each as long as the page, and of all the newest.
    own = [_newest({**given, way: side}, before, size) for side in sides for way in ("office", "requester")]
    found = {row.id: row for rows in own for row in rows}
    return [case_value(found[number]) for number in sorted(found, reverse=True)[:size]]


def running_cases(process: str) -> int:
    """How many cases of a process are on their way."""
    alive = [CaseState.RUNNING.value, CaseState.FAULTY.value]
    return models.ProcessCase.objects.filter(process=process, state__in=alive).count()


def tasks_for(*, actor: Actor, today: date, at: datetime, most: int = 200) -> list[ProcessTask]:
    """The open tasks that wait for an actor, the most urgent first."""
    near = waiting.first("task", seats=audience.held_by(actor), at=at, skip=0, most=most)
    rows = models.ProcessTask.objects.filter(id__in=near).select_related("case")
    rows = rows.defer("case__snapshot", "case__variables")
    return [task_value(row, today) for row in rows.order_by(F("due_on").asc(nulls_last=True), "id")]


def tasks(case: int, *, today: date, open_only: bool = False) -> list[ProcessTask]:
    """A case's tasks in the order in which they came."""
    rows = models.ProcessTask.objects.filter(case_id=case).select_related("case").order_by("id")
    return [task_value(row, today) for row in (rows.filter(is_open=True) if open_only else rows)]


def task(number: int, *, today: date) -> ProcessTask:
    """One task.

    Raises:
        TaskNotOpen: there is none of this number.
    """
    row = models.ProcessTask.objects.select_related("case").filter(id=number).first()
    if row is None:
        raise TaskNotOpen(task=number)
    return task_value(row, today)


def steps(case: int) -> list[ProcessStep]:
    """A case's history, its beginning first."""
    rows = models.ProcessStep.objects.filter(case_id=case).order_by("seq")
    return [
        ProcessStep(r.seq, r.kind, r.element, r.payload, r.by, r.by_title, r.office, r.at, r.note)
        for r in rows
    ]


def replayed(case: int) -> tuple[dict[str, object], list[str]]:
    """Variables and standing of a case as its history alone gives them, from the beginning, under its definitions."""
    row = models.ProcessCase.objects.get(id=case)
    run: Run | None = None
    for step in models.ProcessStep.objects.filter(case_id=case).order_by("seq"):
        if run is None:
            given = restored(step.payload["variables"])
            run = Run(storing.built(step.definition), given, step.at, storing.decide, subject=row.subject)
            run.start()
        else:
            run = _again(run, step, row.subject)
            _repeat(run, step)
    assert run is not None  # a case begins with a step
    return stored(run.variables), run.standing()


def _again(run: Run, step: models.ProcessStep, subject: str) -> Run:
    following = Run(storing.built(step.definition), run.variables, step.at, storing.decide, subject=subject)
    snapshots.put_back(following, snapshots.taken(run))
    return following


def _repeat(run: Run, step: models.ProcessStep) -> None:
    kept = step.payload
    if step.kind == "completed":
        run.complete(kept["number"], restored(kept["outputs"]))
    elif step.kind == "served" and "refused" in kept:
        run.fail(kept["number"], *kept["refused"])
    elif step.kind == "served":
        run.answer(kept["number"], restored(kept["value"]))
    elif step.kind == "timer":
        run.fire()
    elif step.kind in ("message", "signal"):
        run.receive(step.kind, step.element, kept["payload"], kept["number"])
    elif step.kind == "cancelled":
        run.cancel()
    elif step.kind == "migrated":
        snapshots.realign(run)


def waits_for(task: int, *, seats: Iterable[str]) -> bool:
    """Whether an open task waits for one of these seats."""
    rows = models.ProcessTask.objects.filter(id=task, is_open=True)
    return rows.filter(awaits__overlap=list(seats)).exists()


def case_value(row: models.ProcessCase) -> ProcessCase:
    """A row as other rooms see it."""
    light = "variables" in row.get_deferred_fields()
    return ProcessCase(
        id=row.id,
        process=row.process,
        definition=row.definition_id,
        subject=row.subject,
        title=Words(zh=row.title_zh, en=row.title_en),
        office=row.office,
        requester=row.requester,
        state=CaseState(row.state),
        problem=Words(**row.problem) if row.problem else None,
        variables={} if light else row.variables,
        standing=tuple(row.standing),
        passed=tuple(row.passed),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        version=row.version,
    )


def task_value(row: models.ProcessTask, today: date) -> ProcessTask:
    """A row as other rooms see it."""
    days_left, light = deadlines.light(row.due_on, amber=row.amber, today=today)
    return ProcessTask(
        id=row.id,
        case=row.case_id,
        element=row.element,
        title=Words(zh=row.title_zh, en=row.title_en),
        case_title=Words(zh=row.case.title_zh, en=row.case.title_en),
        process=row.case.process,
        instance=row.instance,
        office=row.office,
        form=row.form,
        inputs=row.inputs,
        holder=row.holder,
        helpers=tuple(row.helpers),
        paused=row.paused,
        opened_at=row.opened_at,
        due_on=row.due_on,
        days_left=days_left,
        light=light,
        is_open=row.is_open,
        case_version=row.case.version,
    )
