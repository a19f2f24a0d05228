"""What the head of a response tells beside the answer: that a version is going to end, that rows are made up.

RFC 9745 `Deprecation: @seconds` since when; RFC 8594 `Sunset: date` from when on it is refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from functools import lru_cache

from shuzhi.data.exchange.gateway.refusals import Refusal
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.foundation.clock import CHINA

MARK = "x-shuzhi-sandbox"
DEPRECATION, SUNSET = "deprecation", "sunset"


UNPROVEN = ("timestamp", "signature")  # refused before it was known who calls: nothing is told about the key


def remarks(grant: Grant, refusal: Refusal | None) -> dict[str, str]:
    """Further headers of a response to this key."""
    if refusal is not None and refusal.rule in UNPROVEN:
        return {}
    found = {MARK: "1"} if grant.sandbox else {}
    terms = grant.terms
    return found | _ending(terms.deprecated_at, terms.sunset_on)


@lru_cache(maxsize=1_000)
def _ending(deprecated_at: datetime | None, last_day: date | None) -> dict[str, str]:
    found = {}
    if deprecated_at is not None:
        found[DEPRECATION] = f"@{int(deprecated_at.timestamp())}"
    if last_day is not None:
        end = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=CHINA)
        found[SUNSET] = format_datetime(end.astimezone(UTC), usegmt=True)
    return found
