from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from shuzhi.foundation.words import Words
from shuzhi.support.payments import models
from shuzhi.support.payments.errors import NoSuchOrder
from shuzhi.support.payments.types import (
    Difference,
    Figures,
    Kind,
    Order,
    OrderState,
    Posting,
    Reconciliation,
    Refund,
    RefundState,
)

PAGE = 50
TAIL = 4


def order(number: str) -> Order:
    """One order.

    Raises:
        NoSuchOrder: there is none.
    """
    row = models.Order.objects.filter(number=number).first()
    if row is None:
        raise NoSuchOrder
    return order_of(row)


def orders_of(parties: Collection[str]) -> list[Order]:
    """What somebody was asked for or paid, the newest first."""
    rows = models.Order.objects.filter(party__in=parties).order_by("-made_at", "number")
    return [order_of(row) for row in rows[:200]]


def orders_about(subject: str) -> list[Order]:
    """The orders about a subject (`case/9`), the oldest first, those of one moment by their keys."""
    rows = models.Order.objects.filter(subject=subject).order_by("made_at", "key")
    return [order_of(row) for row in rows[:200]]


def orders(*, office: str | None, state: str = "", text: str = "", page: int = 1) -> list[Order]:
    """An office's orders, or all; the newest first."""
    rows = _asked(office, state, text).order_by("-made_at", "number")
    return [order_of(row) for row in rows[(page - 1) * PAGE : page * PAGE]]


def count_orders(*, office: str | None, state: str = "", text: str = "") -> int:
    """How many."""
    return _asked(office, state, text).count()


def refunds(number: str) -> list[Refund]:
    """What of an order was given back, the oldest first."""
    return [refund_of(row) for row in models.Refund.objects.filter(order=number).order_by("asked_at", "key")]


def postings(number: str) -> list[Posting]:
    """An order's lines of the ledger."""
    rows = models.Posting.objects.filter(order=number).order_by("id")
    return [Posting(row.key, row.debit, row.credit, row.fen, row.order, row.said, row.at) for row in rows]


def again_key(number: str) -> str:
    """The key of the payout by which one that came back is paid again: there is one, whatever happens."""
    return f"again/{number}"


def paid_again(number: str) -> Order | None:
    """The order by which a payout was paid again."""
    row = models.Order.objects.filter(key=again_key(number)).first()
    return order_of(row) if row else None


def entry(key: str) -> tuple[int, bool, str] | None:
    """Amount, whether it is done, and the state of what stands under a key that the gateway knows."""
    if row := models.Order.objects.filter(number=key).first():
        return row.amount, row.received > 0 or row.state == OrderState.RETURNED, row.state
    if refund := models.Refund.objects.filter(key=key).first():
        return refund.amount, refund.state == RefundState.DONE, refund.state
    return None


def reconciliations(most: int = 31) -> list[Reconciliation]:
    """The newest days that were reconciled, with what is still open."""
    rows = list(models.Statement.objects.order_by("-day")[:most])
    found: dict[date, list[Difference]] = {}
    for one in models.Difference.objects.filter(day__in=[row.day for row in rows], is_open=True).order_by(
        "key"
    ):
        found.setdefault(one.day, []).append(Difference(one.key, one.kind, one.ours, one.theirs, one.dossier))
    return [
        Reconciliation(
            row.day,
            row.lines,
            row.matched,
            row.booked,
            row.came,
            row.went,
            tuple(found.get(row.day, ())),
            row.at,
        )
        for row in rows
    ]


def figures(office: str | None = None) -> Figures:
    """How orders stand, and whether orders, refunds and ledger say the same."""
    rows = _asked(office, "", "").values_list("kind", "state").annotate(n=Count("number"), fen=Sum("amount"))
    refunded = _asked(office, "", "").aggregate(fen=Sum("refunded"))["fen"] or 0
    counts = {(kind, state): (n, int(fen)) for kind, state, n, fen in rows.order_by("kind", "state")}
    return Figures(counts, int(refunded), tuple(differences()), _returned(office))


def _returned(office: str | None) -> int:
    """Payouts that came back and were not paid again."""
    rows = _asked(office, OrderState.RETURNED, "").values_list("number", flat=True)
    again = models.Order.objects.filter(key__in=[again_key(number) for number in rows]).count()
    return len(rows) - again


_WRONG_ORDERS = """
    SELECT o.number FROM payments_order o
    LEFT JOIN (SELECT "order", sum(CASE WHEN debit = 'party/' || "order" THEN fen ELSE 0 END)
                 - sum(CASE WHEN credit = 'party/' || "order" THEN fen ELSE 0 END) AS fen
               FROM payments_posting GROUP BY "order") p ON p."order" = o.number
    LEFT JOIN (SELECT order_id, sum(amount) FILTER (WHERE state = 'done') AS done,
                 sum(amount) FILTER (WHERE state <> 'failed') AS under FROM payments_refund GROUP BY order_id) r
           ON r.order_id = o.number
    WHERE coalesce(p.fen, 0) <> CASE o.kind WHEN 'charge' THEN o.refunded - o.received ELSE o.received END
       OR coalesce(r.done, 0) <> o.refunded OR coalesce(r.under, 0) <> o.refunding
    ORDER BY o.number LIMIT 50
"""
_TRANSIT = """
    SELECT coalesce((SELECT sum(CASE WHEN debit = 'transit' THEN fen WHEN credit = 'transit' THEN -fen ELSE 0 END)
                     FROM payments_posting), 0)
         - coalesce((SELECT sum(amount) FROM payments_order WHERE kind = 'payout' AND state = 'sent'), 0)
         - coalesce((SELECT sum(amount) FROM payments_refund WHERE state = 'sent'), 0)
"""


def differences() -> list[str]:
    """Where orders, refunds and ledger say different things: nowhere, if all is well."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_ORDERS)
        found = [f"order {row[0]}" for row in cursor.fetchall()]
        cursor.execute(_TRANSIT)
        row = cursor.fetchone()
    return found + ([f"transit {row[0]}"] if row and row[0] else [])


def order_of(row: models.Order) -> Order:
    """A row as others see it; of an account its tail only."""
    reason: Mapping[str, Any] = row.reason
    return Order(
        number=row.number, kind=Kind(row.kind), key=row.key, subject=row.subject, party=row.party, amount=row.amount,
        currency=row.currency, reason=Words(zh=reason["zh"], en=reason["en"]), office=row.office,
        state=OrderState(row.state), account_tail=row.account[-TAIL:], account_name=row.account_name,
        received=row.received, refunding=row.refunding, refunded=row.refunded, problem=row.problem,
        receipt=row.receipt, made_at=row.made_at, expires_at=row.expires_at, paid_at=row.paid_at,
        closed_at=row.closed_at, returned_at=row.returned_at,
    )  # fmt: skip


def refund_of(row: models.Refund) -> Refund:
    """A row as others see it."""
    return Refund(
        row.key,
        row.order_id,
        row.amount,
        row.reason,
        RefundState(row.state),
        row.problem,
        row.asked_at,
        row.done_at,
    )


def _asked(office: str | None, state: str, text: str) -> QuerySet[models.Order]:
    rows = models.Order.objects.all()
    if office is not None:
        rows = rows.filter(office=office)
    if state:
        rows = rows.filter(state=state)
    return (
        rows.filter(Q(number__startswith=text) | Q(subject=text) | Q(party__endswith=text)) if text else rows
    )
