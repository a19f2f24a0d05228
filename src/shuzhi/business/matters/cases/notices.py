"""Telling applicants (告知): accepted, what to correct, what to pay, decided, ready. The texts are templates of packs.

A matter names its own (`tells`); otherwise `case-…` where a pack declares it. A journey's process tells its end by
itself. A message that reaches nobody stops nothing: all of it stands on `/my/cases/` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from shuzhi.business.matters.cases import clock, queries
from shuzhi.business.matters.cases.types import STATE_TITLES, Case, Delivery, State
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import MatterDeclaration, Tell
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.messages import queries as templates
from shuzhi.support.messages import services as messages
from shuzhi.support.payments.money import said

AT_THE_WINDOW = {
    Delivery.ONLINE: Words(zh="请在“我的证照”或“我的办件”中查看", en="see “My credentials” or “My cases”"),
    Delivery.POST: Words(zh="已寄出，请留意查收", en="it is on its way by post"),
    Delivery.WINDOW: Words(zh="已在窗口送达", en="it was handed over at the window"),
}
NOTHING = Words(zh="无", en="none")
log = structlog.get_logger(__name__)


def on_stepped(event: Mapping[str, Any], at: datetime) -> None:
    """Accepted, to be corrected, to be paid, delivered."""
    _tell(Tell(event["step"]), event, at)


def on_decided(event: Mapping[str, Any], at: datetime) -> None:
    """Decided; where the document is there at once, that is what is told."""
    found = queries.case(event["case"], at=at)
    there = found.state is State.GRANTED and found.credential and found.delivered_at is not None
    _tell(Tell.READY if there else Tell.DECIDED, event, at)


def _tell(tell: Tell, event: Mapping[str, Any], at: datetime) -> None:
    found = queries.case(event["case"], at=at)
    template = _template(tell, library.matter(found.matter).declaration)
    if template is None:
        return
    try:
        known = _facts(found)
        messages.send(
            template=template,
            to=found.subject,
            facts={name: known.get(name, NOTHING) for name in templates.template(template).fields},
            key=f"case/{found.number}/{tell}/{event['at']}"[:200],
            by=system("matters"),
            at=at,
        )
    except PlatformError as refusal:
        log.info("matters.not_told", template=template, tell=tell.value, reason=refusal.code)


def _template(tell: Tell, declared: MatterDeclaration) -> str | None:
    if tell in declared.tells:
        return declared.tells[tell] or None
    by_process = declared.handling is not None and declared.handling.process
    return None if by_process and tell in (Tell.DECIDED, Tell.READY) else f"case-{tell}"


def _facts(found: Case) -> dict[str, Any]:
    due = clock.said(found.due_at)
    waiting = queries.fees_to_pay(found.number)
    until = min((day_of(each.expires_at) for each in waiting if each.expires_at), default=None)
    return {
        "matter": found.title,
        "number": found.number,
        "due": f"{due:%Y-%m-%d}" if due else NOTHING,
        "points": "；".join(f"{each.what}：{each.how}" if each.how else each.what for each in found.points),
        "amount": said(sum(each.amount for each in waiting)) if waiting else NOTHING,
        "until": f"{until:%Y-%m-%d}" if until else NOTHING,
        "result": STATE_TITLES[found.state],
        "reason": found.reason or NOTHING,
        "where": AT_THE_WINDOW[found.delivery],
    }
