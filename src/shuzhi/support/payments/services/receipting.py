"""Receipts (缴款凭证): a credential of the payer's, issued once an order is paid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import queries as kinds
from shuzhi.support.credentials import services as credentials
from shuzhi.support.payments import queries
from shuzhi.support.payments.errors import NoReceipt
from shuzhi.support.payments.money import said
from shuzhi.support.payments.services.booking import locked
from shuzhi.support.payments.types import Kind, OrderState

KINDS = {"resident_id": "payment-receipt", "uscc": "payment-receipt-firm"}


@transaction.atomic
def give_receipt(*, order: str, by: Actor, at: datetime) -> str:
    """The number of the order's receipt; issued where there is none yet.

    Raises:
        NoReceipt: it is not paid, or a payout.
        NoSuchKind: no pack declares receipts.
    """
    row = locked(order)
    if row.receipt:
        return row.receipt
    if row.kind != Kind.CHARGE or row.state != OrderState.PAID or row.paid_at is None:
        raise NoReceipt(number=order, why="it is not paid", why_zh="还没有支付")
    kind = KINDS[row.party.partition("/")[0]]
    made = credentials.issue(
        kind=kind, subject=row.party, office=kinds.kind(kind).office, reference=f"order/{order}", by=by, at=at,
        facts={
            "order": order, "item": row.reason["zh"], "amount": said(row.amount), "paid_on": day_of(row.paid_at),
            "office": row.office,
        },
    )  # fmt: skip
    row.receipt = made.number
    row.save(update_fields=["receipt"])
    return queries.order(order).receipt
