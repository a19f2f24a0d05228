"""How failed attempts to sign in are paused (登录限速): the one rule, free of the database.

Each attempt is counted before its password is looked at, so that a hundred at once are no more than one after the other.
Three counts, each with its own number of free attempts: an account from one address, an account from everywhere, an
address for all accounts. The first keeps whoever tries out a neighbour's password from locking the neighbour out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = {"pair": 5, "account": 20, "address": 60}
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Count:
    """Attempts of one kind that were not followed by success, and until when further ones are paused."""

    failures: int = 0
    last_at: datetime | None = None
    until: datetime | None = None

    def is_paused(self, at: datetime) -> bool:
        """Whether attempts are refused now."""
        return self.until is not None and at < self.until


def counted(count: Count, *, kind: str, at: datetime) -> Count:
    """The count with one more attempt; from the free ones on each pause is twice as long as the last."""
    is_old = count.last_at is None or at - count.last_at >= FORGOTTEN_AFTER
    failures = 1 if is_old else count.failures + 1
    over = failures - FREE[kind]
    if over < 0:
        return Count(failures, at)
    # Past ten doublings the longest pause is reached anyway.
    pause = min(FIRST_PAUSE * 2 ** min(over, 10), LONGEST_PAUSE)
    return Count(failures, at, at + pause)
