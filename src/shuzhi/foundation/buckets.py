"""Token buckets (令牌桶): how often somebody may do something, with room for a burst.

A bucket holds so many tokens and fills at a rate; a call takes its cost, and one that finds too few waits. A key that
has not been seen has a full bucket, so only those that are not full again need to be kept: what is kept is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

MOST_KEYS = 50_000


@dataclass(frozen=True)
class Pace:
    """Tokens a second, and how many a bucket holds."""

    rate: float
    burst: float


class Buckets:
    """Everybody's bucket. Threads may share it."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        """Keep at most so many keys; of more, those that are fullest are forgotten, to their owners' good."""
        self._most = most_keys
        self._left: dict[str, tuple[float, float, Pace]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._left)

    def take(self, key: str, pace: Pace, *, cost: float, moment: float) -> float:
        """Take the cost; 0 when there was enough, else in how many seconds there will be, and nothing is taken.

        `moment` is in seconds of any clock that never goes back.
        """
        cost = min(cost, pace.burst)  # or it could never be paid
        with self._lock:
            tokens = self._tokens(key, pace, moment)
            if tokens < cost:
                return (cost - tokens) / pace.rate
            self._left[key] = (tokens - cost, moment, pace)
            if len(self._left) > self._most:
                self._forget(moment)
        return 0.0

    def _tokens(self, key: str, pace: Pace, moment: float) -> float:
        known = self._left.get(key)
        if known is None:
            return pace.burst
        tokens, seen, _ = known
        return min(pace.burst, tokens + max(0.0, moment - seen) * pace.rate)

    def _forget(self, moment: float) -> None:
        """Drop a quarter: full ones first, so that whoever is being held back stays so."""

        def missing(key: str) -> float:
            pace = self._left[key][2]
            return pace.burst - self._tokens(key, pace, moment)

        for key in sorted(self._left, key=missing)[: len(self._left) - self._most * 3 // 4]:
            del self._left[key]
