"""Addition, subtraction, multiplication, division, powers (10.3.2.13, tables 56 to 60)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import Run, Site
from shuzhi.support.decisions.feel.values.dates import Date, add_months, date_from_ordinal
from shuzhi.support.decisions.feel.values.durations import DAY, DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.numbers import CONTEXT, ONE
from shuzhi.support.decisions.feel.values.times import DateTime, Time, datetime_at
from shuzhi.support.decisions.feel.values.types import UTC_MIDNIGHT

LONGEST_POWER = 999_999_999
LONGEST_COUNT = 40
NOTHING = object()
"""What an operation gives that has no meaning for its operands."""


def arithmetic(sign: str, left: Run, right: Run, site: Site) -> Run:
    """The code of `left sign right`."""
    on_numbers, others = OPERATIONS[sign]

    def run(env: list[Any]) -> Any:
        a, b = left(env), right(env)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return on_numbers(a, b)
            except DecimalException:
                return site.wrong(env[0], "feel.undefined", *_undefined(sign))
        return slowly(env, a, b, others, site)

    return run


def _undefined(sign: str) -> tuple[str, str]:
    return f"“{sign}” has no result for these numbers", f"“{sign}”对这些数字没有结果"


def slowly(env: list[Any], a: Any, b: Any, others: dict[tuple[type, type], Any], site: Site) -> Any:
    """Operands other than two numbers; a list of one stands for its item (10.3.2.13)."""
    a, b = single(a), single(b)
    if type(a) is Decimal and type(b) is Decimal:
        return arithmetic(site.operation, lambda _: a, lambda _: b, site)(env)
    operation = others.get((type(a), type(b)))
    try:
        result = operation(a, b) if operation else NOTHING
    except DecimalException:
        return site.wrong(env[0], "feel.undefined", *_undefined(site.operation))
    if result is NOTHING or result is None:
        return site.refuse(env[0], a, b)
    return env[0].sized(result)


def single(value: Any) -> Any:
    """The item of a list of one; anything else as it is."""
    return value[0] if type(value) is list and len(value) == 1 else value


def negation(operand: Run, site: Site) -> Run:
    """The code of `-operand`."""

    def run(env: list[Any]) -> Any:
        value = single(operand(env))
        if type(value) is Decimal:
            return value.copy_negate() if value else value
        if type(value) is DayDuration:
            return DayDuration(-value.nanos)
        if type(value) is MonthDuration:
            return MonthDuration(-value.months)
        return site.refuse(env[0], value)

    return run


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base ** exponent`; 0 ** 0 is 1."""
    if abs(exponent) > LONGEST_POWER:
        raise DecimalException
    if not exponent:
        return ONE
    if not base and exponent < 0:
        raise DecimalException  # decimal itself would answer infinity
    return CONTEXT.power(base, exponent)


def moved(moment: DateTime, nanos: int) -> DateTime | None:
    """A date and time so much later on the same clock; a named zone's rules are followed."""
    return datetime_at(moment.instant + nanos, moment.time.zone)


def day_after(date: Date, nanos: int) -> Date | None:
    """The date of the midnight moved by so much."""
    return date_from_ordinal((date.ordinal * DAY + nanos) // DAY)


def by_months(moment: DateTime, months: int) -> DateTime | None:
    """The same clock on the day so many months later."""
    date = add_months(moment.date, months)
    return DateTime(date, moment.time) if date else None


def between_moments(a: DateTime, b: DateTime) -> Any:
    """`a - b`: both have a zone, or neither."""
    if (a.time.zone is None) != (b.time.zone is None):
        return NOTHING
    return DayDuration(a.instant - b.instant)


def between_times(a: Time, b: Time) -> Any:
    """`a - b`: both have a zone, or neither."""
    if (a.zone is None) != (b.zone is None):
        return NOTHING
    return DayDuration(a.of_day - b.of_day)


def time_after(time: Time, nanos: int) -> Time:
    """The clock so much later, around midnight if need be."""
    return Time((time.nanos + nanos) % DAY, time.zone)


def midnight(date: Date) -> DateTime:
    """The date as a date and time: midnight in UTC (10.3.2.3.5)."""
    return DateTime(date, UTC_MIDNIGHT)


def _integer(value: Decimal) -> int:
    """A count of nanoseconds or months; one too long to write is none."""
    if value.adjusted() > LONGEST_COUNT:
        raise DecimalException
    return int(value)


def _scaled(nanos: int, factor: Decimal) -> DayDuration:
    return DayDuration(_integer(CONTEXT.multiply(Decimal(nanos), factor).to_integral_value()))


def _scaled_months(months: int, factor: Decimal) -> MonthDuration:
    return MonthDuration(_integer(CONTEXT.multiply(Decimal(months), factor)))


def _divided(nanos: int, by: Decimal) -> DayDuration:
    return DayDuration(_integer(CONTEXT.divide(Decimal(nanos), by).to_integral_value()))


def _divided_months(months: int, by: Decimal) -> MonthDuration:
    return MonthDuration(_integer(CONTEXT.divide(Decimal(months), by)))


def _ratio(a: int, b: int) -> Decimal:
    return CONTEXT.divide(Decimal(a), Decimal(b))


Operations = dict[tuple[type, type], Callable[[Any, Any], Any]]

SUM: Operations = {
    (str, str): lambda a, b: a + b,
    (MonthDuration, MonthDuration): lambda a, b: MonthDuration(a.months + b.months),
    (DayDuration, DayDuration): lambda a, b: DayDuration(a.nanos + b.nanos),
    (DateTime, MonthDuration): lambda a, b: by_months(a, b.months),
    (MonthDuration, DateTime): lambda a, b: by_months(b, a.months),
    (DateTime, DayDuration): lambda a, b: moved(a, b.nanos),
    (DayDuration, DateTime): lambda a, b: moved(b, a.nanos),
    (Time, DayDuration): lambda a, b: time_after(a, b.nanos),
    (DayDuration, Time): lambda a, b: time_after(b, a.nanos),
    (Date, MonthDuration): lambda a, b: add_months(a, b.months),
    (MonthDuration, Date): lambda a, b: add_months(b, a.months),
    (Date, DayDuration): lambda a, b: day_after(a, b.nanos),
    (DayDuration, Date): lambda a, b: day_after(b, a.nanos),
}
DIFFERENCE: Operations = {
    (DateTime, DateTime): between_moments,
    (Date, Date): lambda a, b: DayDuration((a.ordinal - b.ordinal) * DAY),
    (DateTime, Date): lambda a, b: between_moments(a, midnight(b)),
    (Date, DateTime): lambda a, b: between_moments(midnight(a), b),
    (Time, Time): between_times,
    (MonthDuration, MonthDuration): lambda a, b: MonthDuration(a.months - b.months),
    (DayDuration, DayDuration): lambda a, b: DayDuration(a.nanos - b.nanos),
    (DateTime, MonthDuration): lambda a, b: by_months(a, -b.months),
    (DateTime, DayDuration): lambda a, b: moved(a, -b.nanos),
    (Time, DayDuration): lambda a, b: time_after(a, -b.nanos),
    (Date, MonthDuration): lambda a, b: add_months(a, -b.months),
    (Date, DayDuration): lambda a, b: day_after(a, -b.nanos),
}
PRODUCT: Operations = {
    (MonthDuration, Decimal): lambda a, b: _scaled_months(a.months, b),
    (Decimal, MonthDuration): lambda a, b: _scaled_months(b.months, a),
    (DayDuration, Decimal): lambda a, b: _scaled(a.nanos, b),
    (Decimal, DayDuration): lambda a, b: _scaled(b.nanos, a),
}
QUOTIENT: Operations = {
    (MonthDuration, Decimal): lambda a, b: _divided_months(a.months, b),
    (MonthDuration, MonthDuration): lambda a, b: _ratio(a.months, b.months),
    (DayDuration, Decimal): lambda a, b: _divided(a.nanos, b),
    (DayDuration, DayDuration): lambda a, b: _ratio(a.nanos, b.nanos),
}
OPERATIONS: dict[str, tuple[Callable[[Decimal, Decimal], Decimal], Operations]] = {
    "+": (CONTEXT.add, SUM),
    "-": (CONTEXT.subtract, DIFFERENCE),
    "*": (CONTEXT.multiply, PRODUCT),
    "/": (CONTEXT.divide, QUOTIENT),
    "**": (power, {}),
}
