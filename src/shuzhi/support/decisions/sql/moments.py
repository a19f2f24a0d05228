"""Dates, moments and durations in SQL: durations are microseconds or months, as whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt

from shuzhi.support.decisions.sql.numbers import Keep, divide
from shuzhi.support.decisions.sql.shapes import (
    DATE,
    DAYS,
    MOMENTS,
    MONTHS,
    NAIVE,
    NUMBER,
    STRING,
    TIME,
    UTC,
    Digits,
    Refused,
    Scalar,
    Sql,
    lift,
)

DAY = 86_400_000_000
SECOND = 1_000_000
LONG = Digits(19, 0, integer=True)
SMALL = Digits(10, 0, integer=True)


def arithmetic(sign: str, left: Scalar, right: Scalar, keep: Keep) -> Scalar | None:
    """`left sign right` for what is no pair of numbers; None where it has no meaning."""
    if sign in "+-":
        return _sum(sign, left, right)
    if sign == "/" and left.kind == right.kind and left.kind in (DAYS, MONTHS):
        return divide(Scalar(NUMBER, left.sql, LONG), Scalar(NUMBER, right.sql, LONG), keep)
    kinds = {left.kind, right.kind}
    if sign in "*/" and NUMBER in kinds and kinds & {DAYS, MONTHS}:
        return _scaled(sign, left, right)
    return None


def _scaled(sign: str, left: Scalar, right: Scalar) -> Scalar | None:
    duration, number = (right, left) if left.kind == NUMBER else (left, right)
    if sign == "/" and duration is right:
        return None
    if sign == "/" or not number.digits.integer:
        raise Refused(
            "SQL keeps durations in microseconds: they can be multiplied by whole numbers only",
            "SQL 中时长精确到微秒：只能与整数相乘",
        )
    return Scalar(duration.kind, lift(lambda a, b: a * b, duration.sql, number.sql))


def _sum(sign: str, left: Scalar, right: Scalar) -> Scalar | None:
    a, b = left.kind, right.kind
    if a == b and a in (DAYS, MONTHS):
        return Scalar(
            a, lift((lambda x, y: x + y) if sign == "+" else (lambda x, y: x - y), left.sql, right.sql)
        )
    if b in (DAYS, MONTHS) and a in (DATE, *MOMENTS):
        return _moved(left, right, back=sign == "-")
    if sign == "+" and a in (DAYS, MONTHS) and b in (DATE, *MOMENTS):
        return _moved(right, left, back=False)
    if sign == "+" and a == b == STRING:
        return Scalar(STRING, lift(lambda x, y: x + y, left.sql, right.sql))
    if TIME in (a, b) and (a in (TIME, DAYS) and b in (TIME, DAYS)):
        raise Refused("SQL has no arithmetic with times of the day", "SQL 不支持时刻的加减")
    return _difference(left, right) if sign == "-" else None


def _difference(left: Scalar, right: Scalar) -> Scalar | None:
    a, b = left.kind, right.kind
    if a == b == DATE:
        return Scalar(DAYS, lift(lambda x, y: x.delta(y, unit="day") * DAY, left.sql, right.sql))
    pair = [UTC if each == DATE else each for each in (a, b)]
    if all(each in MOMENTS for each in pair):
        if pair[0] != pair[1]:
            return None
        return Scalar(DAYS, lift(_apart, left.sql, right.sql))
    return None


def _apart(x: Any, y: Any) -> Any:
    return x.cast(dt.timestamp).delta(y.cast(dt.timestamp), unit="microsecond")


def _moved(moment: Scalar, duration: Scalar, *, back: bool) -> Scalar:
    """A date or moment so much later; a date is moved by whole days, a month's last day stays one."""
    turn: Callable[[Any], Any] = (lambda x: -x) if back else (lambda x: x)
    if duration.kind == MONTHS:
        made = lift(lambda x, y: _on(x, turn(y).as_interval("M"), moment.kind), moment.sql, duration.sql)
    elif moment.kind == DATE:
        made = lift(lambda x, y: _on(x, _days(turn(y)).as_interval("D"), DATE), moment.sql, duration.sql)
    else:
        made = lift(lambda x, y: x + turn(y).as_interval("us"), moment.sql, duration.sql)
    return Scalar(moment.kind, made)


def _days(micros: Any) -> Any:
    """Whole days, towards the past."""
    rest = micros % DAY
    return (((micros - rest) / DAY).round().cast(dt.int64)) - (rest < 0).cast(dt.int64)


def _on(moment: Any, interval: Any, kind: str) -> Any:
    later = moment + interval
    # By way of a timestamp: DuckDB makes one of date and interval, where Ibis believes it to be a date.
    return later.cast(dt.timestamp).cast(dt.date) if kind == DATE else later.cast(dt.timestamp)


def _number(make: Callable[[Any], Any]) -> Callable[[Sql], Scalar]:
    return lambda sql: Scalar(NUMBER, lift(lambda x: make(x).cast(dt.int64), sql), SMALL)


_DAY_PARTS: dict[str, Callable[[Sql], Scalar]] = {
    "year": _number(lambda x: x.year()),
    "month": _number(lambda x: x.month()),
    "day": _number(lambda x: x.day()),
    "weekday": _number(lambda x: x.day_of_week.index() + 1),
}
_CLOCK_PARTS: dict[str, Callable[[Sql], Scalar]] = {
    "hour": _number(lambda x: x.hour()),
    "minute": _number(lambda x: x.minute()),
}


def _part(unit: int, of: int | None) -> Callable[[Sql], Scalar]:
    """A part of a duration, with the duration's sign."""

    def make(x: Any) -> Any:
        size = x.abs() if of is None else x.abs() % of
        whole = (size - size % unit) / unit
        return x.sign().cast(dt.int64) * whole.round().cast(dt.int64)

    return _number(make)


_PARTS: dict[str, dict[str, Callable[[Sql], Scalar]]] = {
    DATE: _DAY_PARTS,
    NAIVE: {**_DAY_PARTS, **_CLOCK_PARTS},
    UTC: {**_DAY_PARTS, **_CLOCK_PARTS},
    TIME: _CLOCK_PARTS,
    MONTHS: {"years": _part(12, None), "months": _part(1, 12)},
    DAYS: {
        "days": _part(DAY, None),
        "hours": _part(3600 * SECOND, DAY),
        "minutes": _part(60 * SECOND, 3600 * SECOND),
    },
}


def part(value: Scalar, name: str) -> Scalar | None:
    """`a.year` and its kin; None where a value of this kind has no such part."""
    found = _PARTS.get(value.kind, {}).get(name)
    if found is None and name in ("second", "seconds", "time offset", "timezone") and value.kind in _PARTS:
        raise Refused(f"“.{name}” is not made into SQL", f"“.{name}”不能转换为 SQL")
    return None if found is None else found(value.sql)


def months_between(start: Scalar, end: Scalar) -> Scalar:
    """The whole months from one day to the other."""

    def make(a: Any, b: Any) -> Any:
        import ibis

        months = (b.year() - a.year()) * 12 + b.month() - a.month()
        less = ibis.ifelse((months > 0) & (b.day() < a.day()), -1, 0)
        more = ibis.ifelse((months < 0) & (b.day() > a.day()), 1, 0)
        return (months + less + more).cast(dt.int64)

    return Scalar(MONTHS, lift(make, start.sql, end.sql))
