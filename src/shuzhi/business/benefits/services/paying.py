"""Paying (拨付): an order goes out under its key, and whatever happens on the way, the money moves once.

An order is marked as sent, with the money in transit, before the bank is asked; what the bank says is booked after. A
worker killed between the two leaves an order of which only the bank can tell: it is asked by the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import ledger, models
from shuzhi.business.benefits.drivers import Driver, Outcome, Result, Transfer, driver
from shuzhi.business.benefits.errors import DriverTimedOut
from shuzhi.business.benefits.services.moving import locked, move, shift
from shuzhi.business.benefits.types import OrderState, Reconciliation, State
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

LISTED = 50


def pay_waiting(*, by: Actor, at: datetime, most: int = 500, through: Driver | None = None) -> int:
    """Send what waits and ask after what was sent; returns how many were settled."""
    bank = through or driver()
    open_ones = models.Order.objects.filter(state__in=(OrderState.WAITING, OrderState.SENT))
    keys = list(open_ones.order_by("made_at", "key").values_list("key", flat=True)[:most])
    return sum(pay(key=key, by=by, at=at, through=bank) is OrderState.SETTLED for key in keys)


def pay(*, key: str, by: Actor, at: datetime, through: Driver | None = None) -> OrderState:
    """Bring one order as far as the bank lets it; safe to repeat, and by several workers."""
    bank = through or driver()
    asked = _send(key, at=at)
    if asked is None:
        return OrderState(models.Order.objects.get(key=key).state)
    try:
        outcome = bank.pay(asked, at=at)
    except DriverTimedOut:
        known = bank.status(key)
        if known is None:
            return OrderState.SENT  # asked again later, under the same key
        outcome = known
    return _book(key, outcome, by=by, at=at)


def reconcile(*, by: Actor, at: datetime, through: Driver | None = None) -> Reconciliation:
    """Hold the bank's statement against our orders (对账): late answers and returns are booked, the rest is told.

    Raises:
        Forbidden: the actor may not.
    """
    policy.require("benefits.reconcile", by=by, office=by.office)
    bank = through or driver()
    pay_waiting(by=by, at=at, through=bank)
    counts = {"matched": 0, "settled": 0, "returned": 0, "failed": 0}
    unknown, differing, seen = [], [], set()
    for line in bank.statement():
        seen.add(line.key)
        row = models.Order.objects.filter(key=line.key).first()
        if row is None:
            unknown.append(line.key)
        elif row.amount != line.amount:
            differing.append(line.key)
        elif row.state == line.outcome.result.value:
            counts["matched"] += 1
        elif _book(line.key, line.outcome, by=by, at=at).value == line.outcome.result.value:
            counts[line.outcome.result.value] += 1
        else:
            differing.append(line.key)
    report = Reconciliation(
        **counts,
        unknown=tuple(unknown[:LISTED]),
        missing=tuple(_missing(seen)),
        differing=tuple(differing[:LISTED]),
    )
    audit.record(
        "benefits.reconciled", target="ledger/benefits", by=by, at=at, counts=counts, unknown=len(unknown),
        missing=len(report.missing), differing=len(differing),
    )  # fmt: skip
    return report


def _missing(seen: set[str]) -> Iterator[str]:
    """Orders that we hold to be settled, and of which the bank knows nothing."""
    settled = models.Order.objects.filter(state=OrderState.SETTLED).order_by("key")
    gone = [key for key in settled.values_list("key", flat=True).iterator() if key not in seen]
    yield from gone[:LISTED]


@transaction.atomic
def _send(key: str, *, at: datetime) -> Transfer | None:
    """Mark an order as sent and book its money into transit; nothing where it is over."""
    row = models.Order.objects.select_for_update().get(key=key)
    if row.state not in (OrderState.WAITING, OrderState.SENT):
        return None
    if row.state == OrderState.WAITING:
        row.state, row.sent_at = OrderState.SENT, at
        row.save(update_fields=["state", "sent_at"])
        found = row.finding
        _post(
            row,
            "sent",
            debit=ledger.TRANSIT,
            credit=ledger.budget_account(found.policy, found.period),
            said="付款指令发出",
            at=at,
        )
    return Transfer(row.key, row.amount, row.account, row.account_name)


@transaction.atomic
def _book(key: str, outcome: Outcome, *, by: Actor, at: datetime) -> OrderState:
    """Book what the bank says, once."""
    found = locked(models.Order.objects.values_list("finding_id", flat=True).get(key=key), money=True)
    row = models.Order.objects.select_for_update().get(key=key)
    row.finding = found
    if outcome.result is Result.SETTLED and row.state == OrderState.SENT:
        _settle(row, found, by=by, at=at)
    elif outcome.result is Result.FAILED and row.state == OrderState.SENT:
        _come_back(row, found, outcome, ledger.TRANSIT, by=by, at=at)
    elif outcome.result is Result.RETURNED and row.state in (OrderState.SENT, OrderState.SETTLED):
        if row.state == OrderState.SENT:
            _settle(row, found, by=by, at=at)
        if found.state == State.PAID:  # what is being recovered has gone another way: a person has to look
            _come_back(row, found, outcome, ledger.recipient_account(found.id), by=by, at=at)
    return OrderState(row.state)


def _settle(row: models.Order, found: models.Finding, *, by: Actor, at: datetime) -> None:
    row.state, row.settled_at = OrderState.SETTLED, at
    row.save(update_fields=["state", "settled_at"])
    _post(row, "settled", debit=ledger.recipient_account(found.id), credit=ledger.TRANSIT, said="到账", at=at)
    shift(found, reserved=-row.amount, paid=row.amount)
    found.paid_at = at
    move(found, State.PAID, by=by, at=at, order=row.key)


def _come_back(
    row: models.Order, found: models.Finding, outcome: Outcome, where: str, *, by: Actor, at: datetime
) -> None:
    """The money is back: from transit, or from an account that had taken it. It stays reserved for the recipient."""
    row.state, row.problem = OrderState(outcome.result.value), outcome.problem[:200]
    row.save(update_fields=["state", "problem"])
    _post(
        row,
        "back",
        debit=ledger.budget_account(found.policy, found.period),
        credit=where,
        said=f"退回：{outcome.problem}",
        at=at,
    )
    if outcome.result is Result.RETURNED:
        shift(found, reserved=row.amount, paid=-row.amount)
    found.paid_at = None
    move(found, State.RETURNED, by=by, at=at, reason=outcome.problem, order=row.key)


def _post(row: models.Order, what: str, *, debit: str, credit: str, said: str, at: datetime) -> None:
    found = row.finding
    ledger.post(
        key=f"{row.key}/{what}", debit=debit, credit=credit, fen=row.amount, policy=found.policy,
        period=found.period, said=said[:200], at=at, finding=found.id,
    )  # fmt: skip
