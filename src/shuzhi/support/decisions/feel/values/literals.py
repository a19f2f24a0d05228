"""Dates, times and durations from their texts (10.3.4.1)."""

from __future__ import annotations

import re

from shuzhi.support.decisions.feel.values.dates import Date, make_date
from shuzhi.support.decisions.feel.values.durations import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    DayDuration,
    MonthDuration,
)
from shuzhi.support.decisions.feel.values.times import (
    DateTime,
    Region,
    Time,
    Zone,
    make_offset,
    make_time,
    zone_info,
)

LONGEST = 100
_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+\-/]+))?"
)
_DAYS = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]+))?S)?)?"
)
_MONTHS = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")

Temporal = Date | Time | DateTime | DayDuration | MonthDuration


def date_from(text: str) -> Date | None:
    """`2020-02-29`, or None."""
    found = _DATE.fullmatch(text) if len(text) <= LONGEST else None
    return make_date(*(int(part) for part in found.groups())) if found else None


def time_from(text: str) -> Time | None:
    """`10:30:00`, `10:30:00.5Z`, `10:30:00+08:00`, `10:30:00@Asia/Shanghai`, or None."""
    found = _TIME.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    hour, minute, second, fraction = found.group(1, 2, 3, 4)
    zone = _zone(found)
    if zone is None and len(text) > len(f"{hour}:{minute}:{second}") + (len(fraction) + 1 if fraction else 0):
        return None
    return make_time(int(hour), int(minute), int(second) * SECOND + _nanos(fraction), zone)


def _nanos(fraction: str | None) -> int:
    return int((fraction or "0")[:9].ljust(9, "0"))


def _zone(found: re.Match[str]) -> Zone:
    utc, sign, hours, minutes, seconds, region = found.group(5, 6, 7, 8, 9, 10)
    if utc:
        return make_offset(0)
    if region:
        return Region(region) if zone_info(region) else None
    if sign is None or int(minutes) > 59 or int(seconds or 0) > 59:  # noqa: PLR2004 - minutes of an hour
        return None
    distance = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    return make_offset(-distance if sign == "-" else distance)


def datetime_from(text: str) -> DateTime | None:
    """`2020-02-29T10:30:00` with or without a zone; a date alone is its midnight; or None."""
    day, separator, rest = text.partition("T")
    date = date_from(day)
    time = time_from(rest) if separator else Time(0)
    return DateTime(date, time) if date and time else None


def duration_from(text: str) -> DayDuration | MonthDuration | None:
    """`P1DT2H`, `-PT0.5S`, `P1Y2M`, or None."""
    if len(text) > LONGEST:
        return None
    found = _MONTHS.fullmatch(text)
    if found:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return MonthDuration(-months if found[1] else months)
    found = _DAYS.fullmatch(text)
    if not found:
        return None
    days, hours, minutes, seconds = (int(found[group] or 0) for group in range(2, 6))
    nanos = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + _nanos(found[6])
    return DayDuration(-nanos if found[1] else nanos)


def at_literal(text: str) -> Temporal | None:
    """What `@"…"` means: a date, a date and time, a time or a duration; None where it is none of them."""
    return date_from(text) or time_from(text) or duration_from(text) or datetime_from(text)
