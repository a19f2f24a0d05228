"""What scenarios do with payments: place, pay at the sandbox's till, refund, pay out, reconcile, and look at the books."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import queries, services
from shuzhi.support.payments.errors import GatewayTimedOut
from shuzhi.support.payments.money import yuan_of
from shuzhi.support.payments.types import Order, Reconciliation

PLATFORM = system("payments")


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Placing(_Says):
    """Who pays how much to which office for what."""

    subject: str
    payer: str
    amount: Decimal
    reason: Words
    office: str
    key: str = ""


class PayingOut(_Says):
    """Who is paid how much, to which account."""

    subject: str
    payee: str
    amount: Decimal
    reason: Words
    office: str
    account: str
    holder: str
    key: str


class PayingAgain(_Says):
    """The account that is right; of which payout, by default the last one."""

    order: str = ""
    account: str
    holder: str


class Paying(_Says):
    """Which order (by default the last one), and what the payer does at the till."""

    order: str = ""
    how: str = "pay"


class Refunding(_Says):
    """How much of an order is given back, and why."""

    order: str = ""
    amount: Decimal
    reason: str
    key: str = ""


class Looking(_Says):
    """An order; by default the last one."""

    order: str = ""


class OfDay(_Says):
    """A day; by default yesterday."""

    day: date | None = None


class Nothing(_Says):
    """Nothing needs to be said."""


def place(said: Placing, stage: Stage) -> dict[str, Any]:
    """Place an order."""
    return _told(services.place_order(**dict(said), by=stage.by, at=stage.at))


def pay_out(said: PayingOut, stage: Stage) -> dict[str, Any]:
    """Pay somebody; the gateway is asked at once."""
    told = dict(said)
    made = services.place_payout(**told | {"account_name": told.pop("holder")}, by=stage.by, at=stage.at)
    return _told(services.send_payout(order=made.number, by=PLATFORM, at=stage.at))


def pay_again(said: PayingAgain, stage: Stage) -> dict[str, Any]:
    """Pay a payout again that came back; the gateway is asked at once."""
    number = said.order or str((stage.latest("pay out") or {})["order"])
    made = services.pay_again(
        order=number, account=said.account, account_name=said.holder, by=stage.by, at=stage.at
    )
    return _told(services.send_payout(order=made.number, by=PLATFORM, at=stage.at))


def pay(said: Paying, stage: Stage) -> dict[str, Any]:
    """Pay at the sandbox's till; where it does not answer, what is known so far."""
    number = _number(said.order, stage)
    proven = {queries.order(number).party}
    services.begin_payment(order=number, proven=proven, by=stage.by, at=stage.at)
    try:
        return _told(services.use_till(order=number, how=said.how, proven=proven, by=stage.by, at=stage.at))
    except GatewayTimedOut:
        return _told(queries.order(number))


def refund(said: Refunding, stage: Stage) -> dict[str, Any]:
    """Give back a part of an order; the gateway is asked at once."""
    number = _number(said.order, stage)
    made = services.refund(
        order=number, amount=said.amount, reason=said.reason, key=said.key, by=stage.by, at=stage.at
    )
    sent = services.send_refund(refund=made.key, by=PLATFORM, at=stage.at)
    return _told(queries.order(number)) | {"refund": sent.state.value}


def forward(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Send what waits, ask after what is under way, close what ran out."""
    del said
    moved = services.bring_forward(by=PLATFORM, at=stage.at)
    return {"moved": moved, "closed": services.close_overdue(by=PLATFORM, at=stage.at)}


def reconcile(said: OfDay, stage: Stage) -> dict[str, Any]:
    """Hold a day's statement against our orders."""
    day = said.day or day_of(stage.at) - timedelta(days=1)
    return _reconciled(services.reconcile(day=day, by=stage.by, at=stage.at))


def look(said: Looking, stage: Stage) -> dict[str, Any]:
    """An order as it stands."""
    return _told(queries.order(_number(said.order, stage)))


def receipt(said: Looking, stage: Stage) -> dict[str, Any]:
    """The number of an order's receipt."""
    number = services.give_receipt(order=_number(said.order, stage), by=PLATFORM, at=stage.at)
    return {"number": number}


def books(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Whether orders, refunds and ledger say the same."""
    del said, stage
    return {"balances": queries.differences() == [], "refunded": yuan_of(queries.figures().refunded)}


def _number(named: str, stage: Stage) -> str:
    return named or str((stage.latest("place order") or {})["order"])


def _told(found: Order) -> dict[str, Any]:
    return {
        "order": found.number, "kind": found.kind.value, "state": found.state.value, "amount": yuan_of(found.amount),
        "received": yuan_of(found.received), "refunded": yuan_of(found.refunded), "problem": found.problem,
        "receipt": found.receipt,
    }  # fmt: skip


def _reconciled(found: Reconciliation) -> dict[str, Any]:
    return {
        "lines": found.lines, "matched": found.matched, "booked": found.booked, "came": yuan_of(found.came),
        "went": yuan_of(found.went), "differences": [each.kind for each in found.differences],
        "clean": found.is_clean,
    }  # fmt: skip


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


VERBS = (
    Verb("place order", _words("开立缴费单", "place an order"), Placing, place, names={"office": "offices"}),
    Verb("pay order", _words("缴费", "pay an order"), Paying, pay),
    Verb("pay out", _words("拨付", "pay somebody"), PayingOut, pay_out, names={"office": "offices"}),
    Verb("pay again", _words("重新拨付", "pay a payout again that came back"), PayingAgain, pay_again),
    Verb("refund order", _words("退款", "refund an order"), Refunding, refund),
    Verb("bring payments forward", _words("推进收付款", "bring payments forward"), Nothing, forward),
    Verb("reconcile statement", _words("日对账", "reconcile a day's statement"), OfDay, reconcile),
    Verb("give receipt", _words("开具缴款凭证", "give a receipt"), Looking, receipt),
    Verb("order", _words("查看订单", "look at an order"), Looking, look, looks=True),
    Verb("payment books", _words("核对资金账", "look at the books"), Nothing, books, looks=True),
)
