"""Beginning (发起): a definition put in force, a case begun under it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.database import prepared
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import (
    NoSuchProcess,
    ProcessFaulty,
)
from shuzhi.support.workflow.processes import schedules, storing
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, compiled
from shuzhi.support.workflow.processes.queries import case_value, running_cases
from shuzhi.support.workflow.processes.services.stepping import after, write_down
from shuzhi.support.workflow.processes.types import (
    CaseState,
    ProcessCase,
    ProcessStarted,
)
from shuzhi.support.workflow.processes.values import kept


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
    schedule = schedules.begun(declaration, at=at)
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
            "due_at": schedule.due_at if schedule else None,
            "turns": schedule.turns if schedule else None,
        },
    )
    target = f"process/{declaration.process}"
    audit.record("workflow.process_installed", target=target, by=by, at=at, version=declaration.version)
    return declaration.version


@transaction.atomic
def retire_process(*, process: str, by: Actor, at: datetime) -> int:
    """Begin no new cases of a process; returns how many are on their way, which end under their definition."""
    policy.require("workflow.install", by=by)
    versions = models.ProcessVersion.objects.filter(process=process, current=True)
    if versions.update(current=False, due_at=None):
        audit.record("workflow.process_retired", target=f"process/{process}", by=by, at=at)
    return running_cases(process)


def begin_scheduled(*, by: Actor, at: datetime) -> int:
    """Begin the cases of processes whose day has come, each in a transaction of its own; returns how many."""
    rows = models.ProcessVersion.objects.filter(current=True, due_at__lte=at).order_by("due_at")
    return sum(_begin_scheduled(version, by=by, at=at) for version in list(rows.values_list("id", flat=True)))


@transaction.atomic
def _begin_scheduled(version: str, *, by: Actor, at: datetime) -> bool:
    locked = models.ProcessVersion.objects.select_for_update(skip_locked=True)
    row = locked.filter(id=version, current=True, due_at__lte=at).first()
    if row is None or row.due_at is None:
        return False
    declared, due = ProcessDeclaration.model_validate(row.declared), row.due_at
    following = schedules.after(declared, due, row.turns, at=at)
    row.due_at, row.turns = following.due_at, following.turns
    row.save(update_fields=["due_at", "turns"])
    try:
        with transaction.atomic():
            start_process(
                process=row.process,
                subject=f"schedule/{due.isoformat()}",
                title=Words(zh=declared.title.zh, en=declared.title.en or declared.title.zh),
                office=following.office,
                requester=None,
                by=by,
                at=at,
                variables={"scheduled_for": due},
            )
    except PlatformError as error:  # the next turn comes nevertheless
        audit.record(
            "workflow.schedule_failed",
            target=f"process/{row.process}",
            by=by,
            at=at,
            outcome="refused",
            why=str(error),
        )
        return False
    return True


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
    version = prepared.run("SELECT id FROM workflow_processversion WHERE process = %s AND current", [process])
    if not version:
        raise NoSuchProcess(process=process)
    row = models.ProcessCase(
        process=process,
        definition_id=version[0][0],
        subject=subject,
        title_zh=title.zh,
        title_en=title.en or title.zh,
        office=office,
        requester=requester,
        state=CaseState.RUNNING,
        opened_at=at,
        variables=kept(dict(variables or {})),
    )
    given = row.variables
    run = storing.run_of(row, at=at)
    run.start()
    with prepared.together():
        storing.write(run, row, at=at)
        write_down(row, "started", "", {"variables": given}, by=by, at=at)
        target = f"case/{row.id}"
        audit.record("workflow.case_started", target=target, by=by, at=at, process=process, subject=subject)
        publish(ProcessStarted(row.id, process, subject, office, at), at=at)
        after(run, row, at=at)
    return case_value(row)
