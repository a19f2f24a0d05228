"""When a timer is due (定时): ISO 8601, FEEL, or working days; counted from a moment that is passed in."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.pillars.standards import calendars
from shuzhi.support.decisions.feel import values as feel

_PERIOD = r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?"
DURATION = re.compile(rf"(?=P.)(?!.*T$){_PERIOD}")
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_CYCLE = re.compile(r"R(\d{1,4})?/(.+)")
MOST_CYCLES = 1000
ANY_DAY = datetime(2026, 1, 2, tzinfo=CHINA)


def is_cycle(text: str) -> bool:
    """Whether it is `R3/PT10M`, or `R/P1D`."""
    found = _CYCLE.fullmatch(text)
    return bool(found and is_span(found[2]) and after(ANY_DAY, found[2]) > ANY_DAY)


def is_span(text: str) -> bool:
    """Whether it is `PT10M` or `P2D`, and what it leads to is still a day of the calendar."""
    try:
        return DURATION.fullmatch(text) is not None and bool(after(ANY_DAY, text))
    except (ValueError, OverflowError):
        return False


def is_moment(text: str) -> bool:
    """Whether it is `2026-09-18` or `2026-09-18T10:00:00`, and a day that there is."""
    try:
        return bool(moment(text))
    except ValueError:
        return False


def cycle(text: str) -> tuple[int, str]:
    """How often, and how long between."""
    found = _CYCLE.fullmatch(text)
    assert found is not None  # the checker has seen it
    return min(int(found[1]) if found[1] else MOST_CYCLES, MOST_CYCLES), found[2]


def after(start: datetime, duration: str) -> datetime:
    """A moment so much later; months end where their months end."""
    found = DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(duration)
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    month = start.month - 1 + months + 12 * years
    year, month = start.year + month // 12, month % 12 + 1
    moved = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
    return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def moment(value: Any) -> datetime:
    """A FEEL day or moment, or its text; without a zone it is China's, a day begins at midnight."""
    text = value if isinstance(value, str) else feel.text_of(value)
    if not isinstance(text, str) or not DATE.fullmatch(text):
        raise ValueError(text)
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=CHINA)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=CHINA)


def in_working_days(start: datetime, count: int) -> datetime:
    """The end of the last of so many working days (the day itself not counted).

    Raises:
        CalendarNotPublished: the year's holidays are not known yet.
    """
    last = calendars.due_on(day_of(start), count)
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=CHINA)
