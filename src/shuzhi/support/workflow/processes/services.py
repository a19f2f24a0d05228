"""Writes of processes: each one short transaction, in which the case is locked, taken one step and put away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.workflow import audience, models
from shuzhi.support.workflow.errors import (
    CaseOver,
    HeldByAnother,
    IsPaused,
    NoSuchProcess,
    ProcessFaulty,
    ReasonMissing,
    Stale,
    TaskNotOpen,
)
from shuzhi.support.workflow.processes import registry, storing
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, compiled
from shuzhi.support.workflow.processes.queries import case_value
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused, ServiceUnavailable
from shuzhi.support.workflow.processes.running import Run, Sent
from shuzhi.support.workflow.processes.specs import Service
from shuzhi.support.workflow.processes.types import (
    CaseState,
    ProcessCase,
    ProcessEnded,
    ProcessMoved,
    ProcessStarted,
)
from shuzhi.support.workflow.processes.values import restored, stored

RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)


@transaction.atomic
def install_process(*, declaration: ProcessDeclaration, pack: str, by: Actor, at: datetime) -> str:
    """Make a definition the one that new cases run under; returns its version. Cases on their way keep theirs."""
    policy.require("workflow.install", by=by)
    versions = models.ProcessVersion.objects.select_for_update().filter(process=declaration.process)
    current = versions.filter(current=True).first()
    if current is not None and current.id == declaration.version:
        return current.id
    try:
        begins = compiled(declaration).begins_by or ("", "")
    except Exception as error:
        raise ProcessFaulty(count=1, line=1, en=str(error), zh=str(error)) from error
    versions.filter(current=True).update(current=False)
    models.ProcessVersion.objects.update_or_create(
        id=declaration.version,
        defaults={
            "process": declaration.process,
            "declared": declaration.model_dump(mode="json"),
            "begins_by": begins[0],
            "begins_name": begins[1],
            "pack": pack,
            "installed_at": at,
            "current": True,
        },
    )
    target = f"process/{declaration.process}"
    audit.record("workflow.process_installed", target=target, by=by, at=at, version=declaration.version)
    return declaration.version


@transaction.atomic
def start_process(
    *,
    process: str,
    subject: str,
    title: Words,
    office: str,
    requester: str | None,
    by: Actor,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
) -> ProcessCase:
    """Begin a case of a process about a subject; it goes on until it waits for somebody.

    Raises:
        NoSuchProcess: no pack declares it.
        Forbidden: the actor may not begin cases.
        ExpressionFailed, ProcessRunsAway: the process's text does not hold for these variables.
    """
    policy.require("workflow.open", by=by, office=by.office)
    version = models.ProcessVersion.objects.filter(process=process, current=True).first()
    if version is None:
        raise NoSuchProcess(process=process)
    row = models.ProcessCase(
        process=process,
        definition=version,
        subject=subject,
        title_zh=title.zh,
        title_en=title.en or title.zh,
        office=office,
        requester=requester,
        state=CaseState.RUNNING,
        opened_at=at,
        variables=stored(dict(variables or {})),
    )
    given = row.variables
    run = storing.run_of(row, at=at)
    run.start()
    storing.write(run, row, at=at)
    _note(row, "started", "", {"variables": given}, by=by, at=at)
    audit.record(
        "workflow.case_started", target=f"case/{row.id}", by=by, at=at, process=process, subject=subject
    )
    publish(ProcessStarted(row.id, process, subject, office, at), at=at)
    _after(run, row, at=at)
    return case_value(row)


@transaction.atomic
def complete_task(
    *,
    task: int,
    by: Actor,
    at: datetime,
    outputs: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> ProcessCase:
    """Finish a task with what its form gave; the case goes on. Pass the case's `version` that the person saw.

    Raises:
        TaskNotOpen: it has been finished or withdrawn.
        Stale: the case has moved since.
        HeldByAnother, IsPaused: somebody else has it in hand, or its clock stands still.
        Forbidden: it is somebody else's.
    """
    policy.require("workflow.act", by=by, office=by.office)
    found = models.ProcessTask.objects.filter(id=task).values_list("case_id", flat=True).first()
    if found is None:
        raise TaskNotOpen(task=task)
    row = storing.locked(found)
    item = models.ProcessTask.objects.get(id=task)
    require_hand(item, by)
    if version is not None and version != row.version:
        raise Stale(dossier=row.id, read=version, now=row.version)
    if not item.is_open:
        raise TaskNotOpen(task=task)
    given = stored(dict(outputs or {}))
    run = storing.run_of(row, at=at)
    run.complete(item.number, restored(given))
    _take(
        run,
        row,
        "completed",
        item.element,
        {"number": item.number, "outputs": given},
        by=by,
        at=at,
        note=note,
        done=item.number,
    )
    return case_value(row)


def require_hand(item: models.ProcessTask, by: Actor) -> None:
    """Whether a task may be finished by this actor: it waits for a seat of theirs, and nobody else has it in hand."""
    if set(item.pool).isdisjoint(audience.held_by(by)) and by.name not in (item.holder, *item.helpers):
        raise Forbidden(
            actor=by.title or by.name,
            permission=item.title_en,
            permission_zh=item.title_zh,
            reason="this task belongs to others",
            reason_zh="这项任务由其他岗位办理",
            permission_id=f"workflow.task.{item.element}",
        )
    if item.holder and by.name not in (item.holder, *item.helpers):
        raise HeldByAnother(item=f"task/{item.id}", holder=item.holder)
    if item.paused:
        raise IsPaused(item=f"task/{item.id}", reason=item.paused)


@transaction.atomic
def cancel_case(*, case: int, reason: str, by: Actor, at: datetime) -> ProcessCase:
    """End a case before its time, with a reason.

    Raises:
        ReasonMissing, CaseOver: see there.
        Forbidden: only its office, the bureau and administrators may.
    """
    policy.require("workflow.act", by=by, office=by.office)
    if not reason.strip():
        raise ReasonMissing
    row = storing.locked(case)
    if by.office != row.office and not by.has(Role.BUREAU, Role.ADMINISTRATOR, Role.SYSTEM):
        raise Forbidden(
            actor=by.title or by.name,
            permission="cancel a case",
            permission_zh="撤销办件",
            reason="it belongs to another office",
            reason_zh="属于其他部门",
            permission_id="workflow.act",
        )
    if storing.is_over(row):
        raise CaseOver(case=case)
    run = storing.run_of(row, at=at)
    run.cancel()
    row.state = CaseState.CANCELLED
    _take(run, row, "cancelled", "", {}, by=by, at=at, note=reason.strip())
    return case_value(row)


def run_services(*, case: int, by: Actor, at: datetime) -> int:
    """Call what a case waits for, one service a transaction; returns how many answered.

    Safe to repeat after a kill at any point: a service's writes and the step are committed together or not at all.
    """
    done = 0
    while _serve_one(case, by=by, at=at):
        done += 1
    return done


def _serve_one(case: int, *, by: Actor, at: datetime) -> bool:
    try:
        with transaction.atomic():
            row = storing.locked(case)
            if storing.is_over(row) or row.retry_at is None or row.retry_at > at:
                return False
            run = storing.run_of(row, at=at)
            waiting = next(
                (each for each in run.open() if isinstance(run.task(each.number).task_spec, Service)), None
            )
            if waiting is None:
                row.retry_at = None
                row.save(update_fields=["retry_at"])
                return False
            node = waiting.node
            told = ServiceCall(
                {name: feel.to_python(value) for name, value in run.inputs(waiting).items()},
                row.id,
                row.subject,
                row.office,
                by,
                at,
            )
            payload: dict[str, Any] = {"number": waiting.number}
            try:
                with transaction.atomic():
                    value = stored(registry.call(node.own["service"], told))
                payload["value"] = value
                run.answer(waiting.number, restored(value))
            except ServiceRefused as refusal:
                payload["refused"] = [refusal.code, refusal.message]
                run.fail(waiting.number, refusal.code, refusal.message)
            _take(run, row, "served", node.id, payload, by=by, at=at)
            return True
    except Exception as error:  # noqa: BLE001 - whatever a service does, the case says so and is tried again
        _stand_still(case, error, at=at)
        return False


@transaction.atomic
def _stand_still(case: int, error: Exception, *, at: datetime) -> None:
    row = storing.locked(case)
    english = str(error) or type(error).__name__
    known = isinstance(error, PlatformError)
    row.problem = {
        "zh": error.message_zh if isinstance(error, PlatformError) else f"内部错误：{english}"[:500],
        "en": english[:500],
    }
    waits = isinstance(error, ServiceUnavailable) or not known
    tries = int(row.snapshot.get("tries", 0)) + 1
    row.snapshot["tries"] = tries
    row.retry_at = at + min(RETRY * 2 ** min(tries - 1, 10), LONGEST_RETRY) if waits else None
    if not waits:
        row.state = CaseState.FAULTY
    row.save()


@transaction.atomic
def retry_case(*, case: int, by: Actor, at: datetime) -> ProcessCase:
    """Let a case that stands still be tried again, now."""
    policy.require("workflow.install", by=by)
    row = storing.locked(case)
    if storing.is_over(row):
        raise CaseOver(case=case)
    row.state, row.retry_at, row.problem = CaseState.RUNNING, at, None
    row.save()
    audit.record("workflow.case_retried", target=f"case/{case}", by=by, at=at)
    _wake(row.id)
    return case_value(row)


def cases_to_serve(*, at: datetime, most: int = 200) -> list[int]:
    """Cases whose services are to be called now: what a worker asks that was killed, or was never told."""
    rows = models.ProcessCase.objects.filter(retry_at__lte=at).order_by("retry_at")
    return list(rows.values_list("id", flat=True)[:most])


def fire_timers(*, by: Actor, at: datetime, most: int = 500) -> int:
    """Wake the cases whose time has come, each in a transaction of its own; returns how many."""
    rows = (
        models.ProcessTimer.objects.filter(due_at__lte=at)
        .order_by("due_at")
        .values_list("case_id", flat=True)
    )
    woken = 0
    for case in dict.fromkeys(rows[:most]):
        woken += _fire(case, by=by, at=at)
    return woken


def _fire(case: int, *, by: Actor, at: datetime) -> int:
    try:
        with transaction.atomic():
            row = models.ProcessCase.objects.select_for_update(skip_locked=True).filter(id=case).first()
            if row is None or not models.ProcessTimer.objects.filter(case=row, due_at__lte=at).exists():
                return 0
            run = storing.run_of(row, at=at)
            run.fire()
            _take(run, row, "timer", "", {}, by=by, at=at)
            return 1
    except PlatformError as error:
        with transaction.atomic():
            _stand_still(case, error, at=at)
            models.ProcessTimer.objects.filter(case_id=case, due_at__lte=at).delete()
        return 0


def send_message(*, name: str, key: str, payload: Mapping[str, Any], by: Actor, at: datetime) -> int | None:
    """Bring a message to the case that waits for it by this key, or begin the process that it begins.

    Returns the case, or None where nobody waits for it.
    """
    policy.require("workflow.act", by=by, office=by.office)
    waiting = models.ProcessWait.objects.filter(kind="message", name=name, key=key).order_by("id")
    for case, number in list(waiting.values_list("case_id", "number")[:20]):
        if _receive(case, "message", name, payload, number, by=by, at=at):
            return case
    begun = models.ProcessVersion.objects.filter(current=True, begins_by="message", begins_name=name).first()
    if begun is None:
        return None
    title = Words(zh=begun.declared["title"]["zh"], en=begun.declared["title"]["zh"])
    started = start_process(
        process=begun.process,
        subject=key,
        title=title,
        office=str(payload.get("office") or by.office or ""),
        requester=None,
        by=by,
        at=at,
        variables=payload,
    )
    return started.id


def broadcast_signal(
    *, name: str, payload: Mapping[str, Any], by: Actor, at: datetime, but: int | None = None
) -> int:
    """Tell every case that waits for a signal; returns how many."""
    policy.require("workflow.act", by=by, office=by.office)
    cases = models.ProcessWait.objects.filter(kind="signal", name=name).exclude(case_id=but)
    return sum(
        _receive(case, "signal", name, payload, None, by=by, at=at)
        for case in cases.order_by("case_id").values_list("case_id", flat=True).distinct()
    )


@transaction.atomic
def _receive(
    case: int,
    kind: str,
    name: str,
    payload: Mapping[str, Any],
    number: int | None,
    *,
    by: Actor,
    at: datetime,
) -> bool:
    row = storing.locked(case)
    given = stored(dict(payload))
    run = storing.run_of(row, at=at)
    if storing.is_over(row) or not run.receive(kind, name, given, number):
        return False
    _take(run, row, kind, name, {"number": number, "payload": given}, by=by, at=at)
    return True


def _take(
    run: Run,
    row: models.ProcessCase,
    kind: str,
    element: str,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    done: int | None = None,
) -> None:
    """Put a step away: state, history, audit, news."""
    row.version += 1
    storing.write(run, row, at=at, done=done)
    _note(row, kind, element, payload, by=by, at=at, note=note)
    audit.record("workflow.case_moved", target=f"case/{row.id}", by=by, at=at, step=kind, element=element)
    publish(ProcessMoved(row.id, row.process, row.subject, kind, element, at), at=at)
    _after(run, row, at=at)


def _after(run: Run, row: models.ProcessCase, *, at: datetime) -> None:
    if run.ended:
        publish(ProcessEnded(row.id, row.process, row.subject, row.state, at), at=at)
    if row.retry_at is not None:
        _wake(row.id)
    for sent in run.sent:
        _deliver_later(sent, row.id)


def _wake(case: int) -> None:
    from shuzhi.support.workflow import jobs

    transaction.on_commit(lambda: jobs.serve_soon(case), robust=True)


def _deliver_later(sent: Sent, case: int) -> None:
    """In the same transaction as the step: a message is on its way if and only if the step was taken."""
    from shuzhi.support.workflow import jobs

    if sent.kind in ("message", "signal"):
        jobs.deliver.defer(
            kind=sent.kind, name=sent.name, key=sent.key, payload=dict(sent.payload), case=case
        )


def _note(
    row: models.ProcessCase,
    kind: str,
    element: str,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> None:
    models.ProcessStep.objects.create(
        case=row,
        seq=row.version,
        kind=kind,
        element=element,
        payload=dict(payload),
        definition=row.definition_id,
        by=by.name,
        by_title=by.title,
        office=by.office,
        at=at,
        note=note,
    )
