"""Unfolding and sealing, every minute: an entry is in the chain at most a minute after the act."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.log.unfolding import unfold_waiting

AT_ONCE = 50_000


@app.periodic(cron="* * * * *")
@app.task(name="security.seal_audit", queueing_lock="security.seal_audit", pass_context=False)
def seal_audit(timestamp: int) -> int:
    """Unfold and seal everything that waits."""
    unfold_waiting()
    return seal_all(at=datetime.fromtimestamp(timestamp, UTC))


def seal_all(*, at: datetime) -> int:
    """Seal in several transactions, so that a long queue holds no long lock."""
    total = 0
    while sealed := audit.seal(at=at, most=AT_ONCE):
        total += sealed
        if sealed < AT_ONCE:
            break
    return total
