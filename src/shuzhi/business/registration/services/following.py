"""Following (跟进): what becomes of an application's case, whoever moves it, and the tasks that outside systems do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.registration import models, queries
from shuzhi.business.registration.errors import NoSuchTask
from shuzhi.business.registration.types import Status, Task
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import ROLE_TITLES, Actor, system
from shuzhi.support.mediator.types import Client
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.support.workflow.processes import services as working
from shuzhi.support.workflow.processes.types import CaseState

SUBJECT = "application/"
OVER = {CaseState.COMPLETED, CaseState.FAILED, CaseState.CANCELLED}


def on_process_moved(message: Mapping[str, Any], at: datetime) -> None:
    """A case has taken a step at the workbench or here."""
    if str(message["subject"]).startswith(SUBJECT):
        follow_case(case=message["case"], by=system("registration"), at=at)


@transaction.atomic
def follow_case(*, case: int, by: Actor, at: datetime, first_task: str | None = None) -> None:
    """Note how far a case is and give each of its open tasks a name; done again it changes nothing."""
    row = models.Application.objects.select_for_update().filter(case=case).first()
    if row is None:
        return
    found = processes.case(case)
    for each in processes.tasks(case, today=day_of(at), open_only=True):
        known = models.Task.objects.filter(task=each.id).exists()
        if not known:
            models.Task.objects.create(id=first_task or str(uuid.uuid4()), application=row, task=each.id)
    decision, is_over = _decision(found.variables, found.state), found.state in OVER
    if (row.status, row.is_over) == (decision, is_over):
        return
    row.status, row.is_over = decision, is_over
    if decision is not Status.PENDING:
        row.decided_at = at
        row.operator = by.title or by.name
        row.role = ROLE_TITLES[min(by.roles)].en if by.roles else ""
    row.save(update_fields=["status", "is_over", "decided_at", "operator", "role"])
    audit.record(
        "registration.application_moved", target=f"application/{row.id}", by=by, at=at, status=decision.value
    )


def _decision(variables: Mapping[str, Any], state: CaseState) -> Status:
    told = str(variables.get("decision") or "").upper()
    if told in {each.value for each in Status}:
        return Status(told)
    return Status.REJECTED if state in OVER - {CaseState.COMPLETED} else Status.PENDING


@transaction.atomic
def complete_task(*, number: str, data: Mapping[str, Any], client: Client, at: datetime) -> Task:
    """Finish a task as an operator of the task's office, or as whoever applied where it is theirs.

    `decision` (APPROVED, SENDBACK, REJECTED) decides; without one the data are noted and the decision stays due.

    Raises:
        NoSuchTask: there is none, it is another's, or it has been finished.
        Forbidden: the system's people hold no seat that the task waits for.
    """
    found = queries.task(number, by=client, today=day_of(at))
    if not found.is_open:
        raise NoSuchTask(task=number)
    outputs = {"decision": _told(data), "data": dict(data)}
    working.complete_task(task=found.task, by=client.actor, at=at, outputs=outputs)
    follow_case(case=found.application.case, by=client.actor, at=at)
    return queries.task(number, by=client, today=day_of(at))


def _told(data: Mapping[str, Any]) -> str:
    status = data.get("status")
    inner = status.get("code") if isinstance(status, dict) else status
    said = data.get("decision", inner)
    found = str(said).upper() if isinstance(said, str) else ""
    return found if found in {Status.APPROVED, Status.SENDBACK, Status.REJECTED} else ""
