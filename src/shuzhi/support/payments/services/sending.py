"""Sending (出款): refunds and payouts go out under their key. First they are marked as sent with their money in transit, then
the gateway is asked, then its answer is booked; a worker killed between leaves one that is asked after by its key.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import ledger, models, queries
from shuzhi.support.payments.drivers import Ask, Driver, Outcome, Result, What, driver
from shuzhi.support.payments.errors import GatewayRefused, GatewayTimedOut, NoSuchOrder
from shuzhi.support.payments.services.booking import book, locked
from shuzhi.support.payments.types import Kind, Order, OrderState, Refund, RefundState


def bring_forward(*, by: Actor, at: datetime, most: int = 500, through: Driver | None = None) -> int:
    """Send what waits and ask after what is under way; returns of how many something new is known."""
    bank = through or driver()
    charges = models.Order.objects.filter(kind=Kind.CHARGE, state=OrderState.SENT)
    payouts = models.Order.objects.filter(kind=Kind.PAYOUT, state__in=(OrderState.OPEN, OrderState.SENT))
    refunds = models.Refund.objects.filter(state__in=(RefundState.WAITING, RefundState.SENT))
    keys = list(charges.order_by("sent_at", "number").values_list("number", flat=True)[:most])
    moved = sum(_ask_after(key, bank, by=by, at=at) for key in keys)
    for number in list(payouts.order_by("made_at", "number").values_list("number", flat=True)[:most]):
        moved += send_payout(order=number, by=by, at=at, through=bank).state is not OrderState.SENT
    for key in list(refunds.order_by("asked_at", "key").values_list("key", flat=True)[:most]):
        moved += send_refund(refund=key, by=by, at=at, through=bank).state is not RefundState.SENT
    return moved


def send_payout(*, order: str, by: Actor, at: datetime, through: Driver | None = None) -> Order:
    """Bring one payout as far as the gateway lets it; safe to repeat, and by several workers."""
    asked, is_first = _mark_payout(order, at=at)
    if asked is not None:
        _go(asked, is_first=is_first, bank=through or driver(), by=by, at=at)
    return queries.order(order)


def send_refund(*, refund: str, by: Actor, at: datetime, through: Driver | None = None) -> Refund:
    """The same with a refund."""
    asked, is_first = _mark_refund(refund, at=at)
    if asked is not None:
        _go(asked, is_first=is_first, bank=through or driver(), by=by, at=at)
    return queries.refund_of(models.Refund.objects.get(key=refund))


def _go(asked: Ask, *, is_first: bool, bank: Driver, by: Actor, at: datetime) -> None:
    try:
        outcome = None if is_first else bank.status(asked.key, at=at)
        outcome = outcome or bank.ask(asked, at=at)
    except GatewayTimedOut:
        return  # nobody knows: asked after by its key the next time
    except GatewayRefused as refusal:
        outcome = Outcome(asked.key, Result.FAILED, asked.amount, str(refusal.facts.get("problem", "")))
    book(outcome, by=by, at=at)


def _ask_after(number: str, bank: Driver, *, by: Actor, at: datetime) -> bool:
    try:
        outcome = bank.status(number, at=at)
    except GatewayTimedOut:
        return False
    return outcome is not None and book(outcome, by=by, at=at)


@transaction.atomic
def _mark_payout(number: str, *, at: datetime) -> tuple[Ask | None, bool]:
    row = locked(number)
    is_first = row.state == OrderState.OPEN
    if row.kind != Kind.PAYOUT or row.state not in (OrderState.OPEN, OrderState.SENT):
        return None, False
    if is_first:
        row.state, row.sent_at = OrderState.SENT, at
        row.save(update_fields=["state", "sent_at"])
        _into_transit(row, row.number, row.amount, "拨付指令发出", at)
    ask = Ask(
        row.number,
        What.PAYOUT,
        row.amount,
        title=row.reason["zh"],
        account=row.account,
        account_name=row.account_name,
    )
    return ask, is_first


@transaction.atomic
def _mark_refund(key: str, *, at: datetime) -> tuple[Ask | None, bool]:
    found = models.Refund.objects.filter(key=key).first()
    if found is None:
        raise NoSuchOrder
    row = locked(found.order_id)
    found = models.Refund.objects.get(key=key)
    is_first = found.state == RefundState.WAITING
    if found.state not in (RefundState.WAITING, RefundState.SENT):
        return None, False
    if is_first:
        found.state = RefundState.SENT
        found.save(update_fields=["state"])
        _into_transit(row, key, found.amount, "退款指令发出", at)
    return Ask(key, What.REFUND, found.amount, title=found.reason[:100], of=row.number), is_first


def _into_transit(row: models.Order, key: str, fen: int, said: str, at: datetime) -> None:
    ledger.post(
        key=f"{key}/sent", debit=ledger.TRANSIT, credit=ledger.office_account(row.office), fen=fen,
        order=row.number, said=said, at=at,
    )  # fmt: skip
