"""Conversions (10.3.4.1)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import at_most
from shuzhi.support.decisions.feel.values.dates import Date, make_date
from shuzhi.support.decisions.feel.values.durations import SECOND, DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.literals import date_from, datetime_from, duration_from, time_from
from shuzhi.support.decisions.feel.values.numbers import CONTEXT, number_of, whole
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.text import text_of
from shuzhi.support.decisions.feel.values.times import (
    DateTime,
    Offset,
    Time,
    Zone,
    make_offset,
    make_time,
)
from shuzhi.support.decisions.feel.values.types import (
    DATE,
    DATE_TIME,
    MONTH_DURATION,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    UTC_MIDNIGHT,
)

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,5})?")
_RANGE = re.compile(r"\s*([\[\](])(.*?)\.\.(.*)([\[\])])\s*", re.DOTALL)
LONGEST = 10_000


def _read(value: Any, text: str, en: str, zh: str) -> Any:
    """What was read from a text, or the reason that nothing was."""
    if value is None:
        raise OutOfDomain(f"“{text[:40]}” is no {en}", f"“{text[:40]}”不是{zh}")
    return value


def _integer(number: Decimal) -> int:
    found = whole(number)
    if found is None:
        raise OutOfDomain(f"{number} is no whole number", f"{number} 不是整数")
    return found


@builtin("date", "from: string", result=DATE)
def date_of_text(_: Scope, text: str) -> Date:
    """From `2012-12-25`."""
    return _read(date_from(text), text, "date", "日期")  # type: ignore[no-any-return]


@builtin("date", "from: day", result=DATE)
def date_of_day(_: Scope, day: Date | DateTime) -> Date:
    """The day of a date and time."""
    return day.date if isinstance(day, DateTime) else day


@builtin("date", "year: number, month: number, day: number", result=DATE)
def date_of_parts(_: Scope, year: Decimal, month: Decimal, day: Decimal) -> Date:
    """From its parts."""
    made = make_date(_integer(year), _integer(month), _integer(day))
    return _read(made, f"{year}-{month}-{day}", "date", "日期")  # type: ignore[no-any-return]


@builtin("date and time", "from: string", result=DATE_TIME)
def datetime_of_text(_: Scope, text: str) -> DateTime:
    """From `2012-12-24T23:59:00`, with or without a zone."""
    return _read(datetime_from(text), text, "date and time", "日期时间")  # type: ignore[no-any-return]


@builtin("date and time", "date: day, time: time", result=DATE_TIME)
def datetime_of_parts(_: Scope, date: Date | DateTime, time: Time) -> DateTime:
    """The day of the one at the time of the other."""
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


@builtin("date and time", "from: day", result=DATE_TIME)
def datetime_of_day(_: Scope, day: Date | DateTime) -> DateTime:
    """A date and time as it is; a date at its midnight in UTC."""
    return day if isinstance(day, DateTime) else DateTime(day, UTC_MIDNIGHT)


@builtin("time", "from: string", result=TIME)
def time_of_text(_: Scope, text: str) -> Time:
    """From `23:59:00`, with or without a zone."""
    return _read(time_from(text), text, "time", "时间")  # type: ignore[no-any-return]


@builtin("time", "from: time or moment", result=TIME)
def time_of_moment(_: Scope, moment: Time | DateTime) -> Time:
    """The time of the day."""
    return moment.time if isinstance(moment, DateTime) else moment


@builtin("time", "from: date", result=TIME)
def time_of_date(_: Scope, _date: Date) -> Time:
    """Midnight in UTC."""
    return UTC_MIDNIGHT


@builtin("time", "hour: number, minute: number, second: number, offset: days?", result=TIME)
def time_of_parts(
    _: Scope, hour: Decimal, minute: Decimal, second: Decimal, offset: DayDuration | None = None
) -> Time:
    """From its parts; the seconds may have decimals."""
    zone: Zone = None if offset is None else _offset(offset)
    nanos = int(CONTEXT.multiply(second, Decimal(SECOND))) if abs(second) < 60 else -1  # noqa: PLR2004 - seconds of a minute
    made = make_time(_integer(hour), _integer(minute), nanos, zone)
    return _read(made, f"{hour}:{minute}:{second}", "time", "时间")  # type: ignore[no-any-return]


def _offset(offset: DayDuration) -> Offset:
    made = make_offset(int(Decimal(offset.nanos) / SECOND))
    return _read(made, str(offset), "time offset", "时差")  # type: ignore[no-any-return]


@builtin("number", "from: string", result=NUMBER)
def number_of_text(_: Scope, text: str) -> Decimal:
    """From digits with a decimal point."""
    return _number(text, text)


@builtin("number", "from: string, grouping separator: string!, decimal separator: string!", result=NUMBER)
def number_of_formatted(_: Scope, text: str, grouping: str | None, point: str | None) -> Decimal:
    """From digits as a country writes them; both separators may be null."""
    if grouping not in (" ", ",", ".", None) or point not in (",", ".", None):
        raise OutOfDomain("the separator is not allowed", "不允许的分隔符")
    if grouping is not None and grouping == point:
        raise OutOfDomain("both separators are the same", "两个分隔符相同")
    plain = text.replace(grouping, "") if grouping else text
    return _number(plain.replace(point, ".") if point else plain, text)


def _number(plain: str, text: str) -> Decimal:
    fits = len(plain) <= LONGEST and _NUMBER.fullmatch(plain)
    return _read(number_of(Decimal(plain)) if fits else None, text, "number", "数字")  # type: ignore[no-any-return]


@builtin("string", "from: any", result=STRING)
def string(_: Scope, value: Any) -> str | None:
    """The text of a value; null of null."""
    return None if value is None else text_of(value)


@builtin("duration", "from: string")
def duration_of_text(_: Scope, text: str) -> DayDuration | MonthDuration:
    """From `P1DT2H` or `P1Y2M`."""
    return _read(duration_from(text), text, "duration", "时长")  # type: ignore[no-any-return]


@builtin("duration", "from: duration")
def duration_of_duration(_: Scope, duration: DayDuration | MonthDuration) -> DayDuration | MonthDuration:
    """As it is."""
    return duration


@builtin("years and months duration", "from: day, to: day", result=MONTH_DURATION)
def years_and_months_duration(_: Scope, start: Date | DateTime, end: Date | DateTime) -> MonthDuration:
    """The whole months from one day to the other."""
    first, last = date_of_day(_, start), date_of_day(_, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return MonthDuration(months)


@builtin("range", "from: string", result=RANGE)
def range_of_text(scope: Scope, text: str) -> Range:
    """From `[18..21)` with literals of one type in order, or from `[18..)` and `(..21)` with one end open (rule 66)."""
    found = _RANGE.fullmatch(text) if len(text) <= LONGEST else None
    made = _range(scope, found) if found else None
    return _read(made, text, "range", "区间")  # type: ignore[no-any-return]


def _range(scope: Scope, found: re.Match[str]) -> Range | None:
    opens, first, last, closes = (each.strip() for each in found.groups())
    start, end = (_endpoint(scope, each) if each else None for each in (first, last))
    if (first and start is None) or (last and end is None) or not (first or last):
        return None
    if (not first and opens == "[") or (not last and closes == "]"):
        return None
    if first and last and not (type(start) is type(end) and at_most(start, end)):
        return None
    return Range(start, end, opens == "[", closes == "]")


def _endpoint(scope: Scope, part: str) -> Any:
    """The value of a literal; None of anything else."""
    from shuzhi.support.decisions.feel.builtins.endpoints import literal_value

    return literal_value(scope, part)
