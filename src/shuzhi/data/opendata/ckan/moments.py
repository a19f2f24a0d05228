"""Times as Solr writes them: `NOW`, `NOW-7DAYS`, `NOW/DAY`, `NOW-1YEAR/DAY`, or the time itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from shuzhi.data.opendata.ckan.errors import BadSearch

_STEP = re.compile(r"([+-]\d{1,4}|/)(YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)S?")
_LARGE_TO_SMALL = {"YEAR": 1, "MONTH": 1, "DAY": 1, "HOUR": 0, "MINUTE": 0, "SECOND": 0}


def moment(text: str, *, now: datetime) -> datetime:
    """The time that a text means.

    Raises:
        BadSearch: it means none.
    """
    try:
        if text.startswith("NOW"):
            return _reckon(text.removeprefix("NOW"), now.astimezone(UTC))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise BadSearch(reason=f"no time: {text[:40]}", reason_zh=f"不是时间：{text[:40]}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _reckon(steps: str, at: datetime) -> datetime:
    place = 0
    while place < len(steps):
        step = _STEP.match(steps, place)
        if step is None:
            raise ValueError(steps)
        at = _cut(at, step[2]) if step[1] == "/" else _moved(at, int(step[1]), step[2])
        place = step.end()
    return at


def _cut(at: datetime, unit: str) -> datetime:
    """The beginning of the unit that the time lies in."""
    units = list(_LARGE_TO_SMALL)
    smaller = {name.lower(): _LARGE_TO_SMALL[name] for name in units[units.index(unit) + 1 :]}
    return at.replace(microsecond=0, **smaller)  # type: ignore[arg-type]


def _moved(at: datetime, count: int, unit: str) -> datetime:
    if unit not in {"YEAR", "MONTH"}:
        return at + timedelta(**{f"{unit.lower()}s": count})
    months = at.year * 12 + at.month - 1 + count * (12 if unit == "YEAR" else 1)
    year, month = months // 12, months % 12 + 1
    first_of_next = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return at.replace(year=year, month=month, day=min(at.day, (first_of_next - timedelta(days=1)).day))
