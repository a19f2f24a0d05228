"""What came of a fee (缴费结果): paid, the case goes on from where it waited; not paid in time, it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.errors import NoSuchCase
from shuzhi.business.matters.cases.gathering import gathered_again
from shuzhi.business.matters.cases.queries import part_of
from shuzhi.business.matters.cases.reading import clock_of
from shuzhi.business.matters.cases.services import charging, following, granting, reviewing
from shuzhi.business.matters.cases.services.handling import delivered
from shuzhi.business.matters.cases.services.instant import decide_again
from shuzhi.business.matters.cases.services.moving import PLATFORM, declared_of, locked, move
from shuzhi.business.matters.cases.types import Action, Delivery, State
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments.types import Order
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.processes import queries as running

PART_REFUSED = "该项未予办理，退还费用"


@transaction.atomic
def on_order_paid(message: Mapping[str, Any], at: datetime) -> None:
    """An order was paid; where it is for a fee of a case, the case goes on once nothing more is owed."""
    row, order = _case_of(message)
    declared = declared_of(row) if row is not None else None
    if row is None or order is None or declared is None:
        return
    part, by = part_of(order), system(PLATFORM)
    goes_on = row.state == State.ACCEPTED and not charging.owed_before(row, declared, at=at)
    kept = clock.go_on(clock_of(row), at=at) if goes_on else None
    move(row, Action.PAID, by=by, at=at, kept=kept, note=order.reason.zh if part else "", order=order.number)
    if row.closed_at is not None:
        if row.state != State.GRANTED:  # it was paid in the last moment of a case that had ended
            charging.give_back(row, at=at)
    elif part in charging.parts_let_off(row):
        charging.give_back(row, at=at, parts=[part], why=PART_REFUSED)
    elif row.state == State.GRANTED and row.delivery == Delivery.ONLINE:
        if not charging.holds_delivery(row, declared, at=at):
            delivered(row, Delivery.ONLINE, by=by, at=at)
    elif goes_on:
        _go_on(row, declared, at=at)


@transaction.atomic
def on_order_closed(message: Mapping[str, Any], at: datetime) -> None:
    """Nobody paid in time: the case ends, and may be asked for again."""
    row, order = _case_of(message)
    if row is None or order is None or row.closed_at is not None or row.state != State.ACCEPTED:
        return
    declared = declared_of(row)
    part = part_of(order)
    if all(each.part != part for each in charging.owed_before(row, declared, at=at)):
        return
    reviewing.end_review(row, at=at, why=charging.LAPSED)
    row.save(update_fields=["review"])
    granting.refuse(row, note=charging.LAPSED, by=system(PLATFORM), at=at)


@transaction.atomic
def on_let_off(message: Mapping[str, Any], at: datetime) -> None:
    """Parts of a journey were not granted: nothing is owed for them, and what was paid goes back."""
    row = locked(message["case"])
    charging.give_back(row, at=at, parts=charging.parts_let_off(row), why=PART_REFUSED)


@transaction.atomic
def settle_fee(*, case: str, at: datetime) -> None:
    """A case has ended: what was not granted is not paid for."""
    row = locked(case)
    if row.state != State.GRANTED:
        charging.give_back(row, at=at)


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


def _case_of(message: Mapping[str, Any]) -> tuple[models.Case | None, Order | None]:
    """The case and the order that was placed for its fee; nothing where it is another room's order about it."""
    kind, _, number = str(message["subject"]).partition("/")
    if kind != "case":
        return None, None
    order = orders.order(message["order"])
    if not order.key.startswith(f"{order.subject}/fee/"):
        return None, None
    try:
        return locked(number), order
    except NoSuchCase:
        return None, None
