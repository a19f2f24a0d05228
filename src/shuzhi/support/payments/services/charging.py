"""Charging (收款): a charge is opened at the gateway, asked after, and closed there before it is closed here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import models, queries
from shuzhi.support.payments.drivers import Ask, Driver, Result, What, driver
from shuzhi.support.payments.drivers.gateway import GatewayDriver
from shuzhi.support.payments.errors import (
    GatewayRefused,
    GatewayTimedOut,
    NoSuchOrder,
    NotClosable,
    NotPayable,
)
from shuzhi.support.payments.services.booking import book, close, locked
from shuzhi.support.payments.types import LIVE, STATE_TITLES, Kind, Order, OrderState


def begin_payment(
    *, order: str, proven: Collection[str], by: Actor, at: datetime, through: Driver | None = None
) -> Order:
    """Open the charge at the gateway; `proven` are the names (`uscc/…`) that the payer has proven to be theirs.

    Raises:
        NoSuchOrder: it is somebody else's.
        NotPayable: it is paid, closed or run out.
        GatewayTimedOut, GatewayRefused: the charge is not open yet; begin again.
    """
    row = _begun(order, proven, by=by, at=at)
    opened = (through or driver()).ask(_charge(row), at=at)
    if opened.result in (Result.DONE, Result.CLOSED):
        book(opened, by=by, at=at)
    return queries.order(order)


def use_till(*, order: str, how: str, proven: Collection[str], by: Actor, at: datetime) -> Order:
    """What a payer does at the sandbox's till (沙箱收银台), and what became of it as far as is known.

    Raises:
        NoSuchOrder: it is somebody else's, or the gateway is no sandbox.
        GatewayTimedOut: whether it was paid is found out later.
    """
    found, bank = queries.order(order), driver()
    if found.party not in proven or not isinstance(bank, GatewayDriver):
        raise NoSuchOrder
    bank.cashier(order, how, at=at)
    return ask_after(order=order, by=by, at=at, through=bank)


def ask_after(*, order: str, by: Actor, at: datetime, through: Driver | None = None) -> Order:
    """Ask the gateway what became of a charge.

    Raises:
        GatewayTimedOut: it does not say now.
    """
    outcome = (through or driver()).status(order, at=at)
    if outcome is not None:
        book(outcome, by=by, at=at)
    return queries.order(order)


def close_order(*, order: str, reason: str, by: Actor, at: datetime, through: Driver | None = None) -> Order:
    """Withdraw an order that nobody has paid (撤销).

    Raises:
        NotClosable: it is paid or over already.
        GatewayTimedOut: it is closed later.
        Forbidden: it is another office's.
    """
    found = queries.order(order)
    policy.require("payments.place", by=by, office=found.office)
    if found.state not in LIVE or found.kind is not Kind.CHARGE:
        raise _wrong(NotClosable, found)
    _run_out(order, reason=reason[:200] or "撤销", through=through or driver(), by=by, at=at)
    return queries.order(order)


def close_overdue(*, by: Actor, at: datetime, most: int = 500, through: Driver | None = None) -> int:
    """Close what was not paid in time; returns how many are. What was paid in the last moment is booked instead."""
    rows = models.Order.objects.filter(kind=Kind.CHARGE, state__in=LIVE, expires_at__lte=at)
    bank = through or driver()
    numbers = list(rows.order_by("expires_at", "number").values_list("number", flat=True)[:most])
    return sum(_ran_out(number, through=bank, by=by, at=at) for number in numbers)


def _ran_out(number: str, *, through: Driver, by: Actor, at: datetime) -> bool:
    try:
        _run_out(number, reason="逾期未支付", through=through, by=by, at=at)
    except (GatewayTimedOut, GatewayRefused):
        return False  # the next minute asks again
    return queries.order(number).state is OrderState.CLOSED


def _run_out(number: str, *, reason: str, through: Driver, by: Actor, at: datetime) -> None:
    """Nobody has begun to pay: it is over. Somebody has: the gateway says whether they have paid."""
    with transaction.atomic():
        row = locked(number)
        if row.state == OrderState.OPEN:
            close(row, OrderState.CLOSED, problem=reason, by=by, at=at)
        if row.state != OrderState.SENT:
            return
    # Asked again first: a payer's own request may still be on its way, and must find a charge that is closed.
    through.ask(_charge(row), at=at)
    book(through.close(number, at=at), by=by, at=at)


@transaction.atomic
def _begun(order: str, proven: Collection[str], *, by: Actor, at: datetime) -> models.Order:
    row = locked(order)
    if row.party not in proven:
        raise NoSuchOrder
    is_over = row.expires_at is not None and row.expires_at <= at
    if row.kind != Kind.CHARGE or row.state not in LIVE or is_over:
        raise _wrong(NotPayable, queries.order_of(row))
    if row.state == OrderState.OPEN:
        row.state, row.sent_at = OrderState.SENT, at
        row.save(update_fields=["state", "sent_at"])
        audit.record("payments.begun", target=f"order/{order}", by=by, at=at)
    return row


def _charge(row: models.Order) -> Ask:
    return Ask(row.number, What.CHARGE, row.amount, title=row.reason["zh"])


def _wrong(kind: type[NotPayable | NotClosable], found: Order) -> NotPayable | NotClosable:
    title = STATE_TITLES[found.state]
    state = ("已逾期", "past its time") if found.state in LIVE else (title.zh, title.en)
    return kind(number=found.number, state=state[0], state_en=state[1])
