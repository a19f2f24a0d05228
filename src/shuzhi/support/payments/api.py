"""JSON end points of payments: orders, refunds, payouts, reconciliation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import queries, services
from shuzhi.support.payments.money import yuan_of
from shuzhi.support.payments.types import Order, Refund

router = Router(tags=["payments"])
PLATFORM = system("payments")


class Wanted(Schema):
    """An order; the same `key` again is the same order. Amounts are texts or numbers of yuan with two places."""

    subject: str
    payer: str
    amount: Decimal
    reason: dict[str, str]
    office: str
    currency: str = "CNY"
    key: str = ""


class Outgoing(Schema):
    """A payout; its key says what is paid for."""

    subject: str
    payee: str
    amount: Decimal
    reason: dict[str, str]
    office: str
    account: str
    account_name: str
    key: str


class Account(Schema):
    """The account that is right, and whose it is."""

    account: str
    account_name: str


class Back(Schema):
    """How much is given back, and why."""

    amount: Decimal
    reason: str
    key: str = ""


@router.post("/orders", summary="开立缴费单 / place an order")
@requires("payments.place")
def place(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    """Place an order."""
    told = wanted.dict() | {"reason": _words(wanted.reason)}
    return summary(services.place_order(**told, by=request.actor, at=now()))  # type: ignore[attr-defined]


@router.post("/payouts", summary="拨付 / pay somebody")
@requires("payments.pay_out")
def pay_out(request: HttpRequest, wanted: Outgoing) -> dict[str, Any]:
    """Place a payout; it is sent within a minute."""
    told = wanted.dict() | {"reason": _words(wanted.reason)}
    return summary(services.place_payout(**told, by=request.actor, at=now()))  # type: ignore[attr-defined]


@router.post("/orders/{order}/pay-again", summary="重新拨付 / pay again")
@requires("payments.pay_out")
def pay_again(request: HttpRequest, order: str, right: Account) -> dict[str, Any]:
    """Pay a payout again that came back or was refused, once."""
    told = right.dict()
    return summary(services.pay_again(order=order, **told, by=request.actor, at=now()))  # type: ignore[attr-defined]


@router.get("/orders/{order}", summary="查看订单 / an order")
@requires("payments.read")
def show(request: HttpRequest, order: str) -> dict[str, Any]:
    """An order with its refunds, for its office."""
    found = queries.order(order)
    policy.require("payments.see", by=request.actor, office=found.office)  # type: ignore[attr-defined]
    return summary(found) | {"refunds": [refunded(each) for each in queries.refunds(order)]}


@router.post("/orders/{order}/refunds", summary="退款 / refund")
@requires("payments.refund")
def refund(request: HttpRequest, order: str, back: Back) -> dict[str, Any]:
    """Give back a part of an order, or all of it."""
    at = now()
    made = services.refund(order=order, **back.dict(), by=request.actor, at=at)  # type: ignore[attr-defined]
    return refunded(services.send_refund(refund=made.key, by=PLATFORM, at=at))


@router.post("/orders/{order}/close", summary="撤销 / withdraw")
@requires("payments.place")
def close(request: HttpRequest, order: str) -> dict[str, Any]:
    """Withdraw an order that nobody has paid."""
    return summary(services.close_order(order=order, reason="", by=request.actor, at=now()))  # type: ignore[attr-defined]


@router.post("/statements/{day}", summary="日对账 / reconcile a day")
@requires("payments.reconcile")
def reconcile(request: HttpRequest, day: date) -> dict[str, Any]:
    """Hold a day's statement against our orders."""
    found = services.reconcile(day=day, by=request.actor, at=now())  # type: ignore[attr-defined]
    return {
        "day": day.isoformat(), "lines": found.lines, "matched": found.matched, "booked": found.booked,
        "differences": [vars(each) for each in found.differences],
    }  # fmt: skip


def summary(found: Order) -> dict[str, Any]:
    """An order as JSON says it; money in yuan as texts."""
    return {
        "order": found.number, "kind": found.kind.value, "subject": found.subject, "state": found.state.value,
        "amount": str(yuan_of(found.amount)), "currency": found.currency, "received": str(yuan_of(found.received)),
        "refunded": str(yuan_of(found.refunded)), "office": found.office, "receipt": found.receipt,
        "expires_at": found.expires_at.isoformat() if found.expires_at else None,
    }  # fmt: skip


def refunded(found: Refund) -> dict[str, Any]:
    """A refund as JSON says it."""
    return {
        "refund": found.key, "order": found.order, "amount": str(yuan_of(found.amount)), "state": found.state.value,
        "problem": found.problem,
    }  # fmt: skip


def _words(told: dict[str, str]) -> Words:
    zh = told.get("zh") or told.get("en") or ""
    return Words(zh=zh, en=told.get("en") or zh)
