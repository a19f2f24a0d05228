"""Unfolding and sealing, every minute: an entry is in the chain at most a minute after the act."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from shuzhi.pillars.security import audit, services
from shuzhi.pillars.security.log.unfolding import unfold_waiting
from shuzhi.pillars.security.types import system

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


@app.periodic(cron="17 * * * *")
@app.task(name="security.finish_rotations", queueing_lock="security.finish_rotations", pass_context=False)
def finish_rotations(timestamp: int) -> dict[str, int]:
    """Bring stored values under the active keys after a rotation."""
    return services.finish_rotations(by=system("keys"), at=datetime.fromtimestamp(timestamp, UTC))
