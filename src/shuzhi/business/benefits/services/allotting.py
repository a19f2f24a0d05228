"""Setting money aside (预留): the waiting list is served in its declared order, and never beyond the budget.

Strictly in order: where the next one's amount does not fit, nobody behind jumps the queue.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import models
from shuzhi.business.benefits.services.moving import locked_budget
from shuzhi.business.benefits.types import BenefitReserved, BenefitWaiting, PolicyDeclaration, RunState, State
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor

BATCH = 200
UNDER_WAY = (RunState.GATHERING, RunState.DECIDING, RunState.KEEPING)


def allot(*, policy: PolicyDeclaration, by: Actor, at: datetime) -> int:
    """Reserve for whoever comes next until the list or the budget is at its end; returns for how many.

    Many may do this at once: the budget's row lets one after the other.
    """
    served = 0
    while True:
        count, goes_on = _batch(policy, by=by, at=at)
        served += count
        if not goes_on:
            break
    _tell_waiting(policy, at=at)
    return served


def allot_freed(*, policy: PolicyDeclaration, by: Actor, at: datetime) -> int:
    """The same after money became free; a run that is under way does it at its end, when all candidates are known."""
    running = models.Run.objects.filter(policy=policy.policy, state__in=UNDER_WAY)
    return 0 if running.exists() else allot(policy=policy, by=by, at=at)


@transaction.atomic
def _batch(policy: PolicyDeclaration, *, by: Actor, at: datetime) -> tuple[int, bool]:
    kept = locked_budget(policy.policy, policy.period.id)
    queue = models.Finding.objects.select_for_update().filter(
        policy=policy.policy, period=policy.period.id, state=State.WAITING
    )
    left, served, short = kept.total - kept.reserved - kept.paid, [], False
    waiting = list(queue.order_by("priority", "recipient")[:BATCH])
    for row in waiting:
        if row.amount > left:
            short = True
            break
        left -= row.amount
        row.state, row.told_at, row.version = State.RESERVED, at, row.version + 1
        served.append(row)
    if not served:
        return 0, False
    models.Finding.objects.bulk_update(served, ["state", "told_at", "version"])
    kept.reserved += sum(row.amount for row in served)
    kept.save(update_fields=["reserved"])
    audit.record(
        "benefits.reserved", target=f"policy/{policy.policy}", by=by, at=at, period=policy.period.id,
        findings=[row.id for row in served], fen=sum(row.amount for row in served),
    )  # fmt: skip
    for row in served:
        publish(BenefitReserved(row.id, row.policy, policy.who.scheme, row.recipient, row.amount, at), at=at)
    return len(served), not short and len(waiting) == BATCH


def _tell_waiting(policy: PolicyDeclaration, *, at: datetime) -> None:
    """Whoever is left waiting is told so, once."""
    while True:
        with transaction.atomic():
            rows = models.Finding.objects.select_for_update(skip_locked=True).filter(
                policy=policy.policy, period=policy.period.id, state=State.WAITING, told_at=None
            )
            told = list(rows.order_by("priority", "recipient")[:BATCH])
            for row in told:
                row.told_at = at
                publish(
                    BenefitWaiting(row.id, row.policy, policy.who.scheme, row.recipient, row.amount, at),
                    at=at,
                )
            models.Finding.objects.bulk_update(told, ["told_at"])
        if len(told) < BATCH:
            return
