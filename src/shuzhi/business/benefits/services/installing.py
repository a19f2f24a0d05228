"""A policy and its budget, as its pack gives them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import ledger, models
from shuzhi.business.benefits.errors import BudgetBelowUse
from shuzhi.business.benefits.money import fen_of, said
from shuzhi.business.benefits.services.allotting import allot
from shuzhi.business.benefits.types import PolicyDeclaration
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def install_policy(*, declaration: PolicyDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Make the policy what the pack says; a budget that changed is booked, and the waiting list served from it.

    Raises:
        BudgetBelowUse: more is reserved or paid already.
    """
    declared = declaration.model_dump(mode="json", by_alias=True)
    models.Policy.objects.update_or_create(
        id=declaration.policy, defaults={"declared": declared, "pack": pack, "is_active": True}
    )
    total = fen_of(declaration.budget)
    kept, _ = models.Budget.objects.select_for_update().get_or_create(
        policy=declaration.policy, period=declaration.period.id, defaults={"total": 0}
    )
    if total < kept.reserved + kept.paid:
        raise BudgetBelowUse(
            policy=declaration.policy, total=said(total), used=said(kept.reserved + kept.paid)
        )
    if total != kept.total:
        _appropriate(kept, total, at)
        audit.record(
            "benefits.budget_set", target=f"policy/{declaration.policy}", by=by, at=at,
            period=declaration.period.id, fen=total,
        )  # fmt: skip
        allot(policy=declaration, by=by, at=at)


@transaction.atomic
def retire_policy(*, policy: str, by: Actor, at: datetime) -> None:
    """Find nobody more by it; what is found goes on to its end."""
    if models.Policy.objects.filter(id=policy, is_active=True).update(is_active=False):
        audit.record("benefits.policy_retired", target=f"policy/{policy}", by=by, at=at)


def budget_refusal(declaration: PolicyDeclaration) -> BudgetBelowUse | None:
    """Why an upgrade's budget can't be taken."""
    row = models.Budget.objects.filter(policy=declaration.policy, period=declaration.period.id).first()
    total = fen_of(declaration.budget)
    if row is None or total >= row.reserved + row.paid:
        return None
    return BudgetBelowUse(policy=declaration.policy, total=said(total), used=said(row.reserved + row.paid))


def _appropriate(kept: models.Budget, total: int, at: datetime) -> None:
    budget, more = ledger.budget_account(kept.policy, kept.period), total - kept.total
    number = models.Posting.objects.filter(
        key__startswith=f"appropriation/{kept.policy}/{kept.period}/"
    ).count()
    ledger.post(
        key=f"appropriation/{kept.policy}/{kept.period}/{number + 1}",
        debit=budget if more > 0 else ledger.TREASURY, credit=ledger.TREASURY if more > 0 else budget,
        fen=abs(more), policy=kept.policy, period=kept.period, said="预算安排" if more > 0 else "预算调减", at=at,
    )  # fmt: skip
    kept.total = total
    kept.save(update_fields=["total"])
