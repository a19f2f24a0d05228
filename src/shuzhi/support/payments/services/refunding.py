"""Refunds (退款): in parts if need be, never more than was paid, once under their key."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import models, queries
from shuzhi.support.payments.errors import KeyTaken, ReasonMissing, RefundTooMuch
from shuzhi.support.payments.money import fen_of, yuan_of
from shuzhi.support.payments.services.booking import add_refund, locked
from shuzhi.support.payments.types import Refund


@transaction.atomic
def refund(*, order: str, amount: Decimal, reason: str, by: Actor, at: datetime, key: str = "") -> Refund:
    """Give back `amount` yuan of an order; it goes out with the next `bring_forward`.

    Raises:
        RefundTooMuch: it is more than was paid and not given back yet.
        KeyTaken: the key stands for another refund.
        ReasonMissing, AmountWrong, NoSuchOrder: as they say.
        Forbidden: it is another office's.
    """
    row = locked(order)
    policy.require("payments.refund", by=by, office=row.office)
    fen = fen_of(amount)
    if not reason.strip():
        raise ReasonMissing
    if key and (found := models.Refund.objects.filter(asked_key=key[:200]).first()):
        if (found.order_id, found.amount) != (order, fen):
            raise KeyTaken(number=found.key)
        return queries.refund_of(found)
    left = queries.order_of(row).refundable
    if fen > left:
        raise RefundTooMuch(number=order, left=yuan_of(left))
    made = add_refund(row, fen, reason=reason.strip(), key=key[:200], at=at)
    audit.record(
        "payments.refund_asked",
        target=f"order/{order}",
        by=by,
        at=at,
        refund=made.key,
        fen=fen,
        why=reason[:200],
    )
    return queries.refund_of(made)
