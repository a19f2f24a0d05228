"""Recovery (追回) of what was paid on facts that proved false."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import ledger, models, queries
from shuzhi.business.benefits.errors import AmountOfRepayment, ReasonMissing
from shuzhi.business.benefits.money import said as written
from shuzhi.business.benefits.services.allotting import allot_freed
from shuzhi.business.benefits.services.moving import declared_of, locked, move, shift
from shuzhi.business.benefits.types import Finding, State
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

LONGEST = 60


@transaction.atomic
def recover(*, finding: int, reason: str, by: Actor, at: datetime) -> Finding:
    """Ask back what was paid.

    Raises:
        ReasonMissing, NotInState, Forbidden: as they say.
    """
    row = locked(finding, State.PAID)
    policy.require("benefits.decide", by=by, office=declared_of(row).office)
    if not reason.strip():
        raise ReasonMissing
    move(row, State.RECOVERING, by=by, at=at, reason=reason.strip())
    return queries.finding_of(row)


@transaction.atomic
def repay(*, finding: int, fen: int, reference: str, by: Actor, at: datetime) -> Finding:
    """Book a repayment under its reference (the bank's slip); the same one again changes nothing.

    Raises:
        AmountOfRepayment: more than is out, or nothing.
        ReasonMissing: it has no reference.
        NotInState, Forbidden: as they say.
    """
    reference = reference.strip()[:LONGEST]
    row = locked(finding, State.RECOVERING, State.RECOVERED, money=True)
    policy.require("benefits.decide", by=by, office=declared_of(row).office)
    if not reference:
        raise ReasonMissing
    key = f"repaid/{row.id}/{reference}"
    if models.Posting.objects.filter(key=key).exists():
        return queries.finding_of(row)
    if not 0 < fen <= row.amount - row.repaid:
        raise AmountOfRepayment(left=written(row.amount - row.repaid))
    ledger.post(
        key=key, debit=ledger.budget_account(row.policy, row.period), credit=ledger.recipient_account(row.id),
        fen=fen, policy=row.policy, period=row.period, said=f"追回款 {reference}", at=at, finding=row.id,
    )  # fmt: skip
    shift(row, paid=-fen)
    row.repaid += fen
    if row.repaid == row.amount:
        move(row, State.RECOVERED, by=by, at=at)
        allot_freed(policy=declared_of(row), by=by, at=at)
    else:
        row.version += 1
        row.save()
        audit.record("benefits.repaid", target=f"benefit/{row.id}", by=by, at=at, fen=fen)
    return queries.finding_of(row)
