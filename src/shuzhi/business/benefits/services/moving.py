"""What every step of a finding shares: lock, state, money set aside, audit, event."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from shuzhi.business.benefits import models, queries
from shuzhi.business.benefits.errors import FindingChanged, NoSuchFinding, NotInState
from shuzhi.business.benefits.types import STATE_TITLES, BenefitMoved, PolicyDeclaration, State
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor


def locked(number: int, *states: State, version: int | None = None, money: bool = False) -> models.Finding:
    """A finding's row, locked, where it stands in one of these states and is as it was seen.

    Where `money` is going to move, the budget is locked first: always in this order, so that nobody waits in a circle.

    Raises:
        NoSuchFinding, NotInState, FindingChanged: as they say.
    """
    if money:
        for policy, period in models.Finding.objects.filter(id=number).values_list("policy", "period"):
            locked_budget(policy, period)
    row = models.Finding.objects.select_for_update().filter(id=number).first()
    if row is None:
        raise NoSuchFinding
    if states and row.state not in states:
        title = STATE_TITLES[State(row.state)]
        raise NotInState(state=title.en, state_zh=title.zh)
    if version is not None and version != row.version:
        raise FindingChanged
    return row


def declared_of(row: models.Finding) -> PolicyDeclaration:
    """The policy of a finding."""
    return queries.policy(row.policy).declared


def locked_budget(policy: str, period: str) -> models.Budget:
    """A period's budget; whoever holds the lock sets money aside, and nobody else."""
    return models.Budget.objects.select_for_update().get(policy=policy, period=period)


def shift(row: models.Finding, *, reserved: int = 0, paid: int = 0) -> None:
    """Change what is reserved and paid in one statement; the table refuses what would overspend."""
    kept = models.Budget.objects.filter(policy=row.policy, period=row.period)
    kept.update(reserved=F("reserved") + reserved, paid=F("paid") + paid)


def move(
    row: models.Finding, state: State, *, by: Actor, at: datetime, reason: str = "", **facts: object
) -> None:
    """Write a finding's new state, what else of it changed, its audit entry and its event."""
    row.state, row.reason, row.version = state, reason[:500], row.version + 1
    row.save()
    scheme = declared_of(row).who.scheme
    audit.record(
        f"benefits.{state.value}", target=f"benefit/{row.id}", by=by, at=at,
        subjects=[node_reference(scheme, row.recipient)], policy=row.policy, period=row.period, fen=row.amount,
        facts=facts,
    )  # fmt: skip
    publish(BenefitMoved(row.id, row.policy, scheme, row.recipient, state.value, at), at=at)
