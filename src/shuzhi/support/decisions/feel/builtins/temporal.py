"""Dates in the calendar, and the clock that was passed in (10.3.4.8 and 10.3.4.11)."""

from __future__ import annotations

from decimal import Decimal

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.python import from_python
from shuzhi.support.decisions.feel.values.times import DateTime
from shuzhi.support.decisions.feel.values.types import DATE, DATE_TIME, NUMBER, STRING

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _day(day: Date | DateTime) -> Date:
    return day.date if isinstance(day, DateTime) else day


@builtin("day of year", "date: day", result=NUMBER)
def day_of_year(_: Scope, date: Date | DateTime) -> Decimal:
    """1 for the first of January."""
    return Decimal(_day(date).day_of_year)


@builtin("day of week", "date: day", result=STRING)
def day_of_week(_: Scope, date: Date | DateTime) -> str:
    """The English name of the weekday."""
    return WEEKDAYS[_day(date).weekday - 1]


@builtin("month of year", "date: day", result=STRING)
def month_of_year(_: Scope, date: Date | DateTime) -> str:
    """The English name of the month."""
    return MONTHS[_day(date).month - 1]


@builtin("week of year", "date: day", result=NUMBER)
def week_of_year(_: Scope, date: Date | DateTime) -> Decimal:
    """The week of ISO 8601."""
    return Decimal(_day(date).week)


@builtin("now", "", result=DATE_TIME)
def now(scope: Scope) -> DateTime:
    """The date and time that was passed in."""
    if scope.now is None:
        raise OutOfDomain("no time was passed in", "未传入当前时间")
    moment: DateTime = from_python(scope.now)
    return moment


@builtin("today", "", result=DATE)
def today(scope: Scope) -> Date:
    """The day of the time that was passed in."""
    return now(scope).date
