"""Working days (工作日) from the State Council's yearly notices, never from a guess.

The yearly notice (部分节假日安排的通知) names the days off and the weekend days worked instead. The first days of January's
holiday may fall on 29 to 31 December, and these sit in the next year's notice: such a day can be answered only when that
notice is out as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.packfiles import packs_root

CALENDAR = Path("platform", "calendars")
# The earliest December day that any notice since 2007 has counted to the next year's holiday.
LATE_DECEMBER = 29
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class CalendarNotPublished(PlatformError):
    """The working-day calendar of {year} is not published; a day in it cannot be called a working day or a day off."""

    code = "standards.calendar_not_published"
    http_status = 422
    zh = "{year} 年的节假日安排尚未公布，无法判断该年的工作日。"

    def __init__(self, year: int) -> None:
        super().__init__(year=year)
        self.year = year


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that a notice names: a day off, or a weekend day that is worked."""

    day: date
    name: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The special days of the published years, and the addresses of the notices that name them."""

    years: frozenset[int]
    special: Mapping[date, SpecialDay]
    papers: Mapping[int, tuple[str, ...]]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day.

        Raises:
            CalendarNotPublished: the notice that would say so does not exist (yet).
        """
        self._require(day)
        if special := self.special.get(day):
            return not special.is_off
        return day.weekday() < _SATURDAY

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after (or, if negative, before) a day; the day itself is not counted.

        With 0: the day itself, working or not.

        Raises:
            CalendarNotPublished: the answer lies beyond the published years.
        """
        step = _ONE_DAY if count > 0 else -_ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start` up to and including `end`; negative when `end` is earlier.

        It undoes `add_working_days`: between a day and the n-th working day after it there are n.
        """
        if end < start:
            return -sum(self.is_working_day(day) for day in _days(end, start - _ONE_DAY))
        return sum(self.is_working_day(day) for day in _days(start + _ONE_DAY, end))

    def due_on(self, start: date, working_days: int) -> date:
        """The last day of a period of working days that begins on the day after `start`.

        The day of the act itself is not counted (民法典 第二百零一条), nor are holidays (行政许可法 第八十二条), so that a period of 0
        working days ends on `start`, or on the first working day after it.
        """
        if working_days:
            return self.add_working_days(start, working_days)
        return start if self.is_working_day(start) else self.add_working_days(start, 1)

    def _require(self, day: date) -> None:
        if day.year not in self.years:
            raise CalendarNotPublished(day.year)
        late = day.month == 12 and day.day >= LATE_DECEMBER  # noqa: PLR2004 — December
        if late and day.year + 1 not in self.years:
            raise CalendarNotPublished(day.year + 1)


def load_calendar(folder: Path) -> Calendar:
    """Read `holidays.csv` (year, day, name, is_off) and `papers.csv` (year, url) of a calendar pack.

    A year counts as published when `papers.csv` names its notice.
    """
    papers: dict[int, tuple[str, ...]] = {}
    for row in _rows(folder / "papers.csv"):
        year = int(row["year"])
        papers[year] = (*papers.get(year, ()), row["url"])
    special = {}
    for row in _rows(folder / "holidays.csv"):
        day = date.fromisoformat(row["day"])
        special[day] = SpecialDay(day=day, name=row["name"], is_off=row["is_off"] == "true")
    return Calendar(frozenset(papers), MappingProxyType(special), MappingProxyType(papers))


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The calendar that comes with the product."""
    return load_calendar(packs_root() / CALENDAR)


def is_working_day(day: date) -> bool:
    """`Calendar.is_working_day` of the shipped calendar."""
    return shipped_calendar().is_working_day(day)


def add_working_days(day: date, count: int) -> date:
    """`Calendar.add_working_days` of the shipped calendar."""
    return shipped_calendar().add_working_days(day, count)


def working_days_between(start: date, end: date) -> int:
    """`Calendar.working_days_between` of the shipped calendar."""
    return shipped_calendar().working_days_between(start, end)


def due_on(start: date, working_days: int) -> date:
    """`Calendar.due_on` of the shipped calendar."""
    return shipped_calendar().due_on(start, working_days)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
