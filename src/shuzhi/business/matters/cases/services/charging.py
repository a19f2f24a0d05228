"""Fees (收费): an order that the applicant pays; the decision or the delivery waits for it, and it is given back where the matter says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.reading import clock_of, number_of
from shuzhi.business.matters.cases.services.moving import PLATFORM, move, tell_step
from shuzhi.business.matters.cases.types import Action
from shuzhi.business.matters.types import Charge, MatterDeclaration
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments
from shuzhi.support.payments.types import LIVE, Order

FEN = 100
LAPSED = "逾期未缴费，本次办理终止，可以重新申请"


def ask_on_acceptance(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """Ask for a fee that is due with the acceptance."""
    if declared is None or declared.fee.charge is not Charge.ACCEPTANCE:
        return
    if not is_paid(row, declared):
        _ask(row, declared, at=at)


def keeps_waiting(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> bool:
    """Whether a decision to grant has to wait for the fee; then it is asked for, and the office's clock stands."""
    if declared is None or declared.fee.charge not in (Charge.ACCEPTANCE, Charge.DECISION):
        return False
    if is_paid(row, declared):
        return False
    _ask(row, declared, at=at, stands=True)
    return True


def holds_delivery(row: models.Case, declared: MatterDeclaration | None) -> bool:
    """Whether the result is delivered only once the fee has been paid."""
    return declared is not None and declared.fee.charge is Charge.DELIVERY and not is_paid(row, declared)


def ask_on_grant(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """Ask for a fee for which the delivery of a granted case waits."""
    if declared is not None and holds_delivery(row, declared):
        _ask(row, declared, at=at)


def is_paid(row: models.Case, declared: MatterDeclaration) -> bool:
    """Whether the fee is in, and not given back."""
    fen = int(declared.fee.amount * FEN)
    return any(each.received - each.refunding >= fen for each in orders_of(row))


def orders_of(row: models.Case) -> list[Order]:
    """Every order about a case."""
    return orders.orders_about(f"case/{number_of(row)}")


def give_back(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """A case that was not granted: what was not paid need not be, what was paid goes back where the matter says so.

    Raises:
        GatewayTimedOut: an order that somebody is paying is closed by the next try.
    """
    by = system(PLATFORM)
    for each in orders_of(row):
        if each.state in LIVE:
            payments.close_order(order=each.number, reason="办件已终止", by=by, at=at)
    refunded = declared is not None and declared.fee.refunded
    for each in orders_of(row) if refunded else ():
        if each.refundable:
            amount = Decimal(each.refundable) / FEN
            payments.refund(
                order=each.number, amount=amount, reason="办件未予批准，退还费用", key=f"fee/{each.number}", by=by, at=at
            )  # fmt: skip
            move(row, Action.REFUND, by=by, at=at, note=f"{amount:.2f} 元", order=each.number)


def _ask(row: models.Case, declared: MatterDeclaration, *, at: datetime, stands: bool = False) -> None:
    """Place the order, once; with `stands` nothing but the fee is waited for."""
    earlier = orders_of(row)
    kept = clock.stop(clock_of(row), at=at) if stands else None
    if any(each.state in LIVE for each in earlier):
        if stands:
            move(row, Action.CHARGE, by=system(PLATFORM), at=at, kept=kept, note="等待缴费", also=_ALSO)
        return
    fee, number = declared.fee, number_of(row)
    placed = payments.place_order(
        subject=f"case/{number}", payer=f"{row.scheme}/{row.holder}", amount=fee.amount, office=row.office,
        reason=Words(zh=f"{declared.title.zh}：费用", en=f"{declared.title.en}: fee"),
        key=f"case/{number}/fee/{len(earlier) + 1}", by=system(PLATFORM), at=at,
        good_for=None if fee.charge is Charge.DELIVERY else timedelta(days=fee.pay_within_days),
    )  # fmt: skip
    note = f"{fee.amount:.2f} 元"
    move(
        row, Action.CHARGE, by=system(PLATFORM), at=at, kept=kept, note=note, also=_ALSO, order=placed.number
    )
    tell_step(row, "fee", at=at)


_ALSO = ("verdict", "is_instant", "reason")
