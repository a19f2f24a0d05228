"""What came of a fee (缴费结果): paid, the case goes on from where it waited; not paid in time, it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.errors import NoSuchCase
from shuzhi.business.matters.cases.reading import clock_of
from shuzhi.business.matters.cases.services import charging, following, granting, reviewing
from shuzhi.business.matters.cases.services.handling import delivered, gathered_again
from shuzhi.business.matters.cases.services.instant import decide_again
from shuzhi.business.matters.cases.services.moving import PLATFORM, declared_of, locked, move
from shuzhi.business.matters.cases.types import Action, Delivery, State
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.processes import queries as running


@transaction.atomic
def on_order_paid(message: Mapping[str, Any], at: datetime) -> None:
    """An order was paid; where it is a case's, the case goes on."""
    row = _case_of(message)
    declared = declared_of(row) if row is not None else None
    if row is None or declared is None or declared.fee.charge is None:
        return
    by, waits = system(PLATFORM), row.state == State.ACCEPTED
    kept = clock.go_on(clock_of(row), at=at) if waits else None
    move(row, Action.PAID, by=by, at=at, kept=kept, order=message["order"])
    if row.closed_at is not None:
        if row.state != State.GRANTED:  # it was paid in the last moment of a case that had ended
            charging.give_back(row, declared, at=at)
    elif row.state == State.GRANTED and row.delivery == Delivery.ONLINE:
        delivered(row, Delivery.ONLINE, by=by, at=at)
    elif waits and charging.is_paid(row, declared):
        _go_on(row, declared, at=at)


@transaction.atomic
def on_order_closed(message: Mapping[str, Any], at: datetime) -> None:
    """Nobody paid in time: the case ends, and may be asked for again."""
    row = _case_of(message)
    if row is None or row.closed_at is not None or row.state != State.ACCEPTED:
        return
    declared = declared_of(row)
    if declared is None or declared.fee.charge is None or charging.is_paid(row, declared):
        return
    reviewing.end_review(row, at=at, why=charging.LAPSED)
    row.save(update_fields=["review"])
    granting.refuse(row, note=charging.LAPSED, by=system(PLATFORM), at=at)


@transaction.atomic
def settle_fee(*, case: str, at: datetime) -> None:
    """A case has ended: what was not granted is not paid for."""
    row = locked(case)
    declared = declared_of(row)
    if row.state != State.GRANTED and declared is not None and declared.fee.charge is not None:
        charging.give_back(row, declared, at=at)


def _go_on(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> None:
    """Take the decision that waited. A clerk's own is theirs to take again."""
    kind, _, number = row.review.partition("/")
    if kind == "process":
        journey = running.case(int(number))
        if journey.closed_at is not None:
            following.on_process_ended({"case": journey.id, "state": journey.state.value}, at)
    elif kind == "dossier":
        dossier = workflow.dossier(int(number))
        if not dossier.is_open:
            told = {"dossier": dossier.id, "state": dossier.state, "subject": dossier.subject}
            following.on_dossier_closed(told, at)
    elif row.commitment:
        facts = gathered_again(row, declared, at=at).facts
        granting.grant(row, declared, facts=facts, by=system(PLATFORM), at=at, note=row.reason)
    elif row.is_instant:
        decide_again(row, declared, gathered_again(row, declared, at=at), at=at)


def _case_of(message: Mapping[str, Any]) -> models.Case | None:
    """The case that an order is about, where it is one."""
    kind, _, number = str(message["subject"]).partition("/")
    if kind != "case":
        return None
    try:
        return locked(number)
    except NoSuchCase:
        return None
