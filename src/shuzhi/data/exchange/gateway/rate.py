"""How fast a subscription may call: a token bucket for each, in each process."""

from __future__ import annotations

from datetime import datetime

from shuzhi.data.exchange.gateway.terms import Grant

MOST_BUCKETS = 100_000


class Buckets:
    """Token buckets by subscription. A bucket that nobody used refills by itself, so old ones may be dropped."""

    def __init__(self) -> None:
        """Begin with every bucket full."""
        self._buckets: dict[int, tuple[float, float]] = {}

    def take(self, grant: Grant, at: datetime) -> bool:
        """Take one token; False when the bucket is empty."""
        now = at.timestamp()
        tokens, since = self._buckets.get(grant.subscription, (float(grant.terms.burst), now))
        tokens = min(grant.terms.burst, tokens + max(0.0, now - since) * grant.terms.per_second)
        allowed = tokens >= 1
        if len(self._buckets) >= MOST_BUCKETS and grant.subscription not in self._buckets:
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[grant.subscription] = (tokens - allowed, now)
        return allowed
