"""Reconciliation (对账): a day's statement held against our orders; what agrees is counted, what is late is booked, and each
difference becomes a dossier that a person closes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.payments import models, queries
from shuzhi.support.payments.drivers import Driver, Line, Outcome, Result, What, driver
from shuzhi.support.payments.money import said
from shuzhi.support.payments.services.booking import book
from shuzhi.support.payments.services.sending import bring_forward
from shuzhi.support.payments.types import (
    DIFFERENCE_TITLES,
    Difference,
    OrderState,
    Reconciliation,
    RefundState,
)
from shuzhi.support.workflow import queries as loops
from shuzhi.support.workflow import services as workflow
from shuzhi.support.workflow.errors import NoSuchLoop

COMING = (What.CHARGE, What.RETURN)
LOOP, OWNER = "payment-difference", "data-bureau"
PLATFORM = system("payments")


def reconcile(*, day: date, by: Actor, at: datetime, through: Driver | None = None) -> Reconciliation:
    """Hold a day's statement against our orders; again gives the same, and closes what has come right meanwhile.

    Raises:
        StatementNotReady: the day is not over.
        GatewayTimedOut: the gateway does not say.
        Forbidden: the actor may not.
    """
    policy.require("payments.reconcile", by=by, office=by.office)
    bank = through or driver()
    bring_forward(by=by, at=at, through=bank)
    lines = bank.statement(day, at=at)
    booked, differences = 0, []
    for line in lines:
        found, was_booked = _compare(line, day, by=by, at=at)
        booked += was_booked
        differences += [found] if found else []
    differences += _missing(day, {line.key for line in lines if line.what is not What.RETURN})
    differences += _not_returned(day, {line.key for line in lines if line.what is What.RETURN})
    return _kept(day, lines, booked, differences, by=by, at=at)


def _compare(line: Line, day: date, *, by: Actor, at: datetime) -> tuple[Difference | None, bool]:
    ours = queries.entry(line.key)
    if ours is None:
        return Difference(line.key, "unknown", "", said(line.amount)), False
    amount, is_done, state = ours
    if amount != line.amount:
        return Difference(line.key, "amount", said(amount), said(line.amount)), False
    came_back = line.what is What.RETURN
    if state == OrderState.RETURNED if came_back else is_done:
        return None, False
    result = Result.RETURNED if came_back else Result.DONE
    if book(Outcome(line.key, result, line.amount, line.problem, settled_on=day), by=by, at=at):
        return None, True
    return Difference(line.key, "state", state, result.value), False


def _missing(day: date, seen: set[str]) -> Iterator[Difference]:
    """What we hold to be done that day, and of which the statement says nothing."""
    moved = models.Order.objects.filter(Q(received__gt=0) | Q(state=OrderState.RETURNED), settled_on=day)
    orders = moved.values_list("number", "amount")
    refunds = models.Refund.objects.filter(settled_on=day, state=RefundState.DONE).values_list(
        "key", "amount"
    )
    for key, amount in [*orders.order_by("number"), *refunds.order_by("key")]:
        if key not in seen:
            yield Difference(key, "missing", said(amount), "")


def _not_returned(day: date, seen: set[str]) -> Iterator[Difference]:
    """What we hold to have come back that day, and of which the statement says nothing."""
    rows = models.Order.objects.filter(returned_on=day).order_by("number")
    for key, amount in rows.values_list("number", "amount"):
        if key not in seen:
            yield Difference(key, "missing", said(amount), "")


@transaction.atomic
def _kept(
    day: date, lines: Sequence[Line], booked: int, found: list[Difference], *, by: Actor, at: datetime
) -> Reconciliation:
    text = "\n".join(f"{line.key},{line.what},{line.amount}" for line in lines)
    came = sum(line.amount for line in lines if line.what in COMING)
    went = sum(line.amount for line in lines if line.what not in COMING)
    wrong = sum(each.kind != "missing" for each in found)
    facts = {
        "digest": hashlib.sha256(text.encode()).hexdigest(), "lines": len(lines), "booked": booked, "came": came,
        "went": went, "matched": len(lines) - booked - wrong, "at": at,
    }  # fmt: skip
    models.Statement.objects.update_or_create(day=day, defaults=facts)
    _settle_resolved(day, {(each.key, each.kind) for each in found}, at=at)
    told = tuple(_noted(day, each, at=at) for each in found)
    audit.record(
        "payments.reconciled", target=f"statement/{day}", by=by, at=at, lines=len(lines), booked=booked,
        differences=len(found),
    )  # fmt: skip
    return Reconciliation(day, len(lines), facts["matched"], booked, came, went, told, at)  # type: ignore[arg-type]


def _noted(day: date, one: Difference, *, at: datetime) -> Difference:
    facts: dict[str, Any] = {"ours": one.ours, "theirs": one.theirs}
    row, made = models.Difference.objects.get_or_create(day=day, key=one.key, kind=one.kind, defaults=facts)
    if made or not row.is_open:
        row.ours, row.theirs, row.is_open = one.ours, one.theirs, True
        row.dossier = _dossier(day, one, at=at)
        row.save()
    return Difference(one.key, one.kind, one.ours, one.theirs, row.dossier)


def _dossier(day: date, one: Difference, *, at: datetime) -> int | None:
    title = DIFFERENCE_TITLES[one.kind]
    try:
        made = workflow.open_dossier(
            loop=LOOP, subject=f"statement/{day}/{one.key}", office=_office(one.key), requester=None, by=PLATFORM, at=at,
            title=Words(zh=f"对账差异：{title.zh}（{one.key}）", en=f"Statement: {title.en} ({one.key})"),
            facts={"day": day.isoformat(), "key": one.key, "kind": one.kind, "ours": one.ours, "theirs": one.theirs},
        )  # fmt: skip
    except NoSuchLoop:
        return None
    return made.id


def _office(key: str) -> str:
    refund = models.Refund.objects.filter(key=key).values_list("order_id", flat=True).first()
    owner = models.Order.objects.filter(number=refund or key).values_list("office", flat=True).first()
    return owner or OWNER


def _settle_resolved(day: date, found: set[tuple[str, str]], *, at: datetime) -> None:
    """Differences that are gone: their dossiers are closed by the platform, if a person has not done so."""
    for row in models.Difference.objects.filter(day=day, is_open=True):
        if (row.key, row.kind) in found:
            continue
        row.is_open = False
        row.save(update_fields=["is_open"])
        if row.dossier is not None and loops.dossier(row.dossier).is_open:
            workflow.act(
                dossier=row.dossier, action="agree", by=PLATFORM, at=at, note="再次对账已一致",
                evidence={"day": day.isoformat(), "key": row.key},
            )  # fmt: skip
