"""Dates of the proleptic Gregorian calendar from year -999,999,999 to 999,999,999 (10.3.2.3.5)."""

from __future__ import annotations

from dataclasses import dataclass

LAST_YEAR = 999_999_999
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS_IN_400_YEARS = 146_097
FEBRUARY, DECEMBER = 2, 12


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day; year 0 is the year before year 1."""

    year: int
    month: int
    day: int

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.ordinal + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        """1 for the first of January."""
        return self.ordinal - days_from_civil(self.year, 1, 1) + 1

    @property
    def week(self) -> int:
        """The week of ISO 8601: the first one has the year's first Thursday."""
        thursday = date_from_ordinal(self.ordinal - self.weekday + 4)
        return (thursday.day_of_year - 1) // 7 + 1 if thursday else 1

    def __str__(self) -> str:
        """As XML Schema writes it."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


def is_leap(year: int) -> bool:
    """Whether the year has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    """How many days the month has."""
    return 29 if month == FEBRUARY and is_leap(year) else _DAYS[month]


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date, or None where there is none."""
    if abs(year) > LAST_YEAR or not 1 <= month <= DECEMBER or not 1 <= day <= days_in(year, month):
        return None
    return Date(year, month, day)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (H. Hinnant, chrono-compatible low-level date algorithms)."""
    year -= month <= FEBRUARY
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * DAYS_IN_400_YEARS + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def date_from_ordinal(days: int) -> Date | None:
    """The date so many days after 1970-01-01, or None beyond the years of FEEL."""
    era, of_era = divmod(days + 719_468, DAYS_IN_400_YEARS)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = (shifted + 2) % 12 + 1
    full = year + era * 400 + (month <= FEBRUARY)
    return make_date(full, month, of_year - (153 * shifted + 2) // 5 + 1)


def add_months(date: Date, months: int) -> Date | None:
    """The same day so many months later; the last day of a month that has no such day."""
    count = date.year * 12 + date.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if abs(year) > LAST_YEAR:
        return None
    return Date(year, month, min(date.day, days_in(year, month)))
