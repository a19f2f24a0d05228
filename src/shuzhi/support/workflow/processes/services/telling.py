"""What comes from elsewhere (消息、信号): brought to the cases that wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import NoSuchCase
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, start_of
from shuzhi.support.workflow.processes.queries import readable_case
from shuzhi.support.workflow.processes.services.starting import start_process
from shuzhi.support.workflow.processes.services.stepping import take
from shuzhi.support.workflow.processes.values import kept


def send_message(*, name: str, key: str, payload: Mapping[str, Any], by: Actor, at: datetime) -> int | None:
    """Bring a message to the case that waits for it by this key, or begin the process that it begins.

    Whoever sends it takes part in the case; to others it is as if nobody waited. Returns the case, or None where
    nobody waits for it.
    """
    policy.require("workflow.handle", by=by, office=by.office)
    waiting = models.ProcessWait.objects.filter(kind="message", name=name, key=key).order_by("id")
    for case, number in list(waiting.values_list("case_id", "number")[:20]):
        if _has_part(case, by) and _receive(case, "message", name, payload, number, by=by, at=at):
            return case
    begun = models.ProcessVersion.objects.filter(current=True, begins_by="message", begins_name=name).first()
    if begun is None:
        return None
    return _begin(begun, key, payload, by=by, at=at)


def _begin(
    version: models.ProcessVersion, subject: str, payload: Mapping[str, Any], *, by: Actor, at: datetime
) -> int:
    declared = ProcessDeclaration.model_validate(version.declared)
    office = start_of(declared).own.get("office") or payload.get("office") or by.office or ""
    begun = start_process(
        process=version.process,
        subject=subject[:300],
        title=Words(zh=declared.title.zh, en=declared.title.en or declared.title.zh),
        office=str(office),
        requester=None,
        by=by,
        at=at,
        variables=payload,
    )
    return begun.id


def _has_part(case: int, by: Actor) -> bool:
    try:
        readable_case(case, actor=by)
    except (Forbidden, NoSuchCase):
        return False
    return True


def broadcast_signal(
    *, name: str, payload: Mapping[str, Any], by: Actor, at: datetime, but: int | None = None
) -> int:
    """Tell every case that waits for a signal, and begin the processes that it begins; returns how many."""
    policy.require("workflow.handle", by=by, office=by.office)
    cases = models.ProcessWait.objects.filter(kind="signal", name=name).exclude(case_id=but)
    begun = models.ProcessVersion.objects.filter(current=True, begins_by="signal", begins_name=name)
    for version in begun.order_by("process"):
        _begin(version, str(payload.get("subject") or f"signal/{name}"), payload, by=by, at=at)
    return begun.count() + sum(
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
    given = kept(dict(payload))
    run = storing.run_of(row, at=at)
    if storing.is_over(row) or not run.receive(kind, name, given, number):
        return False
    take(run, row, kind, name, {"number": number, "payload": given}, by=by, at=at)
    return True
