"""Booking (入账): what the gateway says of an order or a refund, once, under the lock of the order's row."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import ledger, models
from shuzhi.support.payments.drivers import Outcome, Result
from shuzhi.support.payments.errors import NoSuchOrder
from shuzhi.support.payments.services import returning
from shuzhi.support.payments.types import (
    LIVE,
    Kind,
    OrderClosed,
    OrderPaid,
    OrderRefunded,
    OrderState,
    PayoutReturned,
    RefundState,
)

LATE = "订单已关闭后到账，原路退回"


def locked(number: str) -> models.Order:
    """An order's row, under its lock.

    Raises:
        NoSuchOrder: there is none.
    """
    row = models.Order.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NoSuchOrder
    return row


@transaction.atomic
def book(outcome: Outcome, *, by: Actor, at: datetime) -> bool:
    """Book what the gateway says of whatever stands under its key; False where that changes nothing.

    An outcome with another amount than ours is not booked: reconciliation shows it to a person.
    """
    refund = models.Refund.objects.filter(key=outcome.key).first()
    row = locked(refund.order_id if refund else outcome.key)
    if refund:
        return _book_refund(row, models.Refund.objects.get(key=refund.key), outcome, by=by, at=at)
    if outcome.result in (Result.DONE, Result.RETURNED) and outcome.amount != row.amount:
        return False
    act = _book_charge if row.kind == Kind.CHARGE else _book_payout
    return act(row, outcome, by=by, at=at)


def close(row: models.Order, state: OrderState, *, problem: str, by: Actor, at: datetime) -> None:
    """An order that is over without money."""
    row.state, row.closed_at, row.problem = state, at, problem[:200]
    row.save(update_fields=["state", "closed_at", "problem"])
    audit.record(
        "payments.closed", target=f"order/{row.number}", by=by, at=at, state=state.value, why=problem
    )
    publish(OrderClosed(row.number, row.subject, state.value, at), at=at)


def add_refund(row: models.Order, fen: int, *, reason: str, key: str, at: datetime) -> models.Refund:
    """Set money aside to be given back; the caller holds the order's lock."""
    row.refunding += fen
    row.save(update_fields=["refunding"])
    count = models.Refund.objects.filter(order=row).count()
    return models.Refund.objects.create(
        key=f"R{row.number[1:]}-{count + 1}", order=row, asked_key=key or f"{row.number}/{count + 1}", amount=fen,
        reason=reason[:500], state=RefundState.WAITING, asked_at=at,
    )  # fmt: skip


def _book_charge(row: models.Order, outcome: Outcome, *, by: Actor, at: datetime) -> bool:
    if outcome.result is Result.CLOSED and row.state in LIVE:
        close(row, OrderState.CLOSED, problem="逾期未支付或已撤销", by=by, at=at)
        return True
    if outcome.result is not Result.DONE or row.received:
        return False
    is_late = row.state not in LIVE
    _receive(row, outcome, OrderState.CLOSED if is_late else OrderState.PAID, by=by, at=at)
    ledger.post(
        key=f"{row.number}/paid", debit=ledger.office_account(row.office), credit=ledger.party_account(row.number),
        fen=row.amount, order=row.number, said="缴费到账", at=at,
    )  # fmt: skip
    if is_late:
        add_refund(row, row.amount, reason=LATE, key=f"late/{row.number}", at=at)
    else:
        publish(OrderPaid(row.number, row.subject, at), at=at)
    return True


def _book_payout(row: models.Order, outcome: Outcome, *, by: Actor, at: datetime) -> bool:
    if outcome.result is Result.RETURNED:
        return _book_return(row, outcome, by=by, at=at)
    if row.state != OrderState.SENT or outcome.result not in (Result.DONE, Result.FAILED):
        return False
    done = outcome.result is Result.DONE
    back_to = ledger.party_account(row.number) if done else ledger.office_account(row.office)
    ledger.post(
        key=f"{row.number}/{'done' if done else 'back'}", debit=back_to, credit=ledger.TRANSIT, fen=row.amount,
        order=row.number, said="拨付到账" if done else f"未付成：{outcome.problem}", at=at,
    )  # fmt: skip
    if done:
        _receive(row, outcome, OrderState.PAID, by=by, at=at)
        publish(OrderPaid(row.number, row.subject, at), at=at)
    else:
        close(row, OrderState.FAILED, problem=outcome.problem, by=by, at=at)
    return True


def _book_return(row: models.Order, outcome: Outcome, *, by: Actor, at: datetime) -> bool:
    """The payee's bank sent it back: the money is the office's again, and its people decide what follows."""
    if row.state == OrderState.SENT:  # it came back before we heard that it had arrived
        arrived = Outcome(outcome.key, Result.DONE, outcome.amount)
        _book_payout(row, arrived, by=by, at=at)
    if row.state != OrderState.PAID:
        return False
    ledger.post(
        key=f"{row.number}/returned", debit=ledger.office_account(row.office), credit=ledger.party_account(row.number),
        fen=row.amount, order=row.number, said=f"退汇：{outcome.problem}", at=at,
    )  # fmt: skip
    row.state, row.received, row.problem = OrderState.RETURNED, 0, outcome.problem[:200]
    row.returned_at, row.returned_on = at, outcome.settled_on
    row.save(update_fields=["state", "received", "problem", "returned_at", "returned_on"])
    audit.record(
        "payments.returned", target=f"order/{row.number}", by=by, at=at, fen=row.amount, why=row.problem
    )
    returning.open_dossier(row, at=at)
    publish(PayoutReturned(row.number, row.subject, row.amount, row.problem, at), at=at)
    return True


def _receive(row: models.Order, outcome: Outcome, state: OrderState, *, by: Actor, at: datetime) -> None:
    row.state, row.received, row.paid_at, row.settled_on = state, row.amount, at, outcome.settled_on
    row.save(update_fields=["state", "received", "paid_at", "settled_on"])
    audit.record(
        "payments.paid", target=f"order/{row.number}", by=by, at=at, fen=row.amount, state=state.value
    )


def _book_refund(
    row: models.Order, refund: models.Refund, outcome: Outcome, *, by: Actor, at: datetime
) -> bool:
    if refund.state != RefundState.SENT or outcome.result not in (Result.DONE, Result.FAILED):
        return False
    done = outcome.result is Result.DONE
    if done and outcome.amount != refund.amount:
        return False
    back_to = ledger.party_account(row.number) if done else ledger.office_account(row.office)
    ledger.post(
        key=f"{refund.key}/{'done' if done else 'back'}", debit=back_to, credit=ledger.TRANSIT, fen=refund.amount,
        order=row.number, said="退款到账" if done else f"未退成：{outcome.problem}", at=at,
    )  # fmt: skip
    refund.state = RefundState.DONE if done else RefundState.FAILED
    refund.problem, refund.done_at, refund.settled_on = outcome.problem[:200], at, outcome.settled_on
    refund.save(update_fields=["state", "problem", "done_at", "settled_on"])
    row.refunding -= 0 if done else refund.amount
    row.refunded += refund.amount if done else 0
    row.save(update_fields=["refunding", "refunded"])
    audit.record(
        "payments.refunded" if done else "payments.refund_failed", target=f"order/{row.number}", by=by, at=at,
        refund=refund.key, fen=refund.amount,
    )  # fmt: skip
    if done:
        publish(OrderRefunded(row.number, row.subject, refund.amount, at), at=at)
    return True
