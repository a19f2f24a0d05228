"""What comes from elsewhere (消息、信号): brought to the cases that wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.services.starting import start_process
from shuzhi.support.workflow.processes.services.stepping import take
from shuzhi.support.workflow.processes.values import kept


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
    title = Words(
        zh=begun.declared["title"]["zh"],
        en=begun.declared["title"].get("en") or begun.declared["title"]["zh"],
    )
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
    given = kept(dict(payload))
    run = storing.run_of(row, at=at)
    if storing.is_over(row) or not run.receive(kind, name, given, number):
        return False
    take(run, row, kind, name, {"number": number, "payload": given}, by=by, at=at)
    return True
