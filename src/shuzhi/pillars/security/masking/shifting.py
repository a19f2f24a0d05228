"""Shifting days (日期平移): all days of one subject move by the same number of days, so that intervals stay true."""

from __future__ import annotations

import re
from datetime import date, timedelta

from shuzhi.pillars.security.masking.keys import derived
from shuzhi.pillars.security.masking.terms import MaskTerms

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?=$|[T ]\d{2}:)")


def shifted(value: str, terms: MaskTerms, *, subject: str | None, key: bytes) -> str | None:
    """The day, moved; its time of day stays. None where the subject or the day is not known: it fails closed."""
    found = _DAY.match(value)
    if not subject or found is None:
        return None
    try:
        moved = date.fromisoformat(found[1]) + timedelta(days=offset(subject, terms, key=key))
    except (ValueError, OverflowError):
        return None
    return moved.isoformat() + value[found.end() :]


def offset(subject: str, terms: MaskTerms, *, key: bytes) -> int:
    """By how many days a subject's days move: from -`days` to `days`, never 0."""
    drawn = int.from_bytes(derived(key, "shift", subject)[:8], "big") % (2 * terms.days)
    return drawn - terms.days if drawn < terms.days else drawn - terms.days + 1
