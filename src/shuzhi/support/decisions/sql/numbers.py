"""Arithmetic in DECIMAL, exact to 38 digits; what needs more fails aloud when it runs, it is never cut silently.

Only a quotient has no end: it is rounded to 10 places, ties to even.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.sql.literals import MOST_DIGITS, decimal_of, literal
from shuzhi.support.decisions.sql.shapes import NUMBER, Digits, Refused, Scalar, Sql, lift

Keep = Callable[[Sql], Sql]
MOST_PLACES = 24
QUOTIENT_PLACES = 10
LONGEST_POWER = 16
WHOLE = dt.Decimal(MOST_DIGITS, 0)


def together(left: Scalar, right: Scalar, *, more: int = 0) -> tuple[Scalar, Scalar, Digits]:
    """Both as DECIMAL with the same digits; `more` for those that the result may need before the point."""
    places = max(left.digits.places, right.digits.places)
    whole = min(max(left.digits.whole, right.digits.whole), MOST_DIGITS - places)
    digits = Digits(whole, places)
    result = Digits(min(whole + more, MOST_DIGITS - places), places)
    return as_decimal(left, digits), as_decimal(right, digits), result


def as_decimal(number: Scalar, digits: Digits) -> Scalar:
    """The number as a DECIMAL of these digits; fewer places only for quotients, rounded."""
    kind = decimal_of(digits)
    return Scalar(NUMBER, lift(lambda made: made.cast(kind), number.sql), digits, number.exact)


def add(left: Scalar, right: Scalar) -> Scalar:
    """`a + b`."""
    a, b, digits = together(left, right, more=1)
    return _held(lift(lambda x, y: x + y, a.sql, b.sql), digits, exact=left.exact and right.exact)


def subtract(left: Scalar, right: Scalar) -> Scalar:
    """`a - b`."""
    a, b, digits = together(left, right, more=1)
    return _held(lift(lambda x, y: x - y, a.sql, b.sql), digits, exact=left.exact and right.exact)


def _held(sql: Sql, digits: Digits, *, exact: bool) -> Scalar:
    """A result cast to its digits, whatever type the engine gave it.

    Ibis leaves out casts to the type that it believes a value has, so the type has one digit more or less.
    """
    whole = digits.whole + 1 if digits.whole + digits.places < MOST_DIGITS else digits.whole - 1
    digits = Digits(whole, digits.places)
    kind = decimal_of(digits)
    return Scalar(NUMBER, lift(lambda made: made.cast(kind), sql), digits, exact)


def multiply(left: Scalar, right: Scalar) -> Scalar:
    """`a * b`."""
    left, right = _fewer(left, right)
    places = left.digits.places + right.digits.places
    if places > MOST_PLACES:
        raise Refused(
            f"the product has {places} places, SQL keeps {MOST_PLACES}: round the factors first, decimal(…, 2)",
            f"乘积有 {places} 位小数，SQL 只保留 {MOST_PLACES} 位：请先用 decimal(…, 2) 舍入",
        )
    a, b, _ = together(left, right)
    whole = min(left.digits.whole + right.digits.whole, MOST_DIGITS - places)
    exact = left.exact and right.exact
    return _held(lift(lambda x, y: x * y, a.sql, b.sql), Digits(whole, places), exact=exact)


def _fewer(left: Scalar, right: Scalar) -> tuple[Scalar, Scalar]:
    """Quotients with fewer places, where all would be too many."""
    over = left.digits.places + right.digits.places - MOST_PLACES
    if over <= 0 or (left.exact and right.exact):
        return left, right
    if left.exact:
        right, left = _fewer(right, left)
        return left, right
    places = max(left.digits.places - over, 0)
    return as_decimal(left, Digits(min(left.digits.whole + 1, MOST_DIGITS - places), places)), right


def negate(number: Scalar) -> Scalar:
    """`-a`."""
    zero = literal(0, dt.int64)
    return subtract(Scalar(NUMBER, zero, Digits(1, 0, integer=True)), number)


def power(base: Scalar, exponent: Decimal) -> Scalar:
    """`a ** 3`: only small whole exponents are exact."""
    times = int(exponent) if exponent == int(exponent) else -1
    if not 0 <= times <= LONGEST_POWER:
        raise Refused(
            f"SQL has powers only with a whole exponent from 0 to {LONGEST_POWER}",
            f"SQL 中乘方的指数只能是 0 至 {LONGEST_POWER} 的整数",
        )
    if not times:
        one = literal(Decimal(1), dt.Decimal(1, 0))
        return Scalar(NUMBER, lift(lambda a, b: ibis.ifelse(a.isnull(), ibis.null(dt.Decimal(1, 0)), b),
                                   base.sql, one), Digits(1, 0))  # fmt: skip
    result = base
    for _ in range(times - 1):
        result = multiply(result, base)
    return result


def divide(left: Scalar, right: Scalar, keep: Keep) -> Scalar:
    """`a / b`, null for a divisor of 0.

    SQL divides decimals as doubles, so the quotient is approached: three times the rest is divided again, each
    exact to some fifteen digits, and the last digit is settled by the exact rest.
    """
    a, b, shared = together(left, right)
    places = QUOTIENT_PLACES
    shift = Decimal(10) ** places
    top = keep(_integers(a.sql, shared.places, shift))
    bottom = keep(lift(lambda made: made.nullif(0), _integers(b.sql, shared.places, Decimal(1))))
    quotient = literal(Decimal(0), WHOLE)
    for _ in range(3):
        rest = lift(lambda t, q, u: t - (q * u).cast(WHOLE), top, quotient, bottom)
        step = lift(lambda r, u: (r.cast("float64") / u.cast("float64")).cast(WHOLE), rest, bottom)
        quotient = keep(lift(lambda q, s: q + s, quotient, step))
    settled = keep(lift(_settle, top, bottom, quotient))
    digits = Digits(MOST_DIGITS - 2 * places, places)
    unit = Decimal(1).scaleb(-places)
    kind = decimal_of(Digits(MOST_DIGITS - places, places))
    made = lift(lambda q: q.cast(kind) * ibis.literal(unit, type=kind), settled)
    return _held(made, digits, exact=False)


def _integers(sql: Sql, places: int, times: Decimal) -> Sql:
    """A decimal as the whole number of its last digits, times so much."""
    factor = ibis.literal(Decimal(10) ** places * times, type=WHOLE)
    if places:
        kind = decimal_of(Digits(MOST_DIGITS - places, places))
        units = ibis.literal(Decimal(10) ** places, type=kind)
        sql = lift(lambda made: made.cast(kind) * units, sql)
        factor = ibis.literal(times, type=WHOLE)
    return lift(lambda made: made.cast(WHOLE) * factor, sql)


def _settle(top: Any, bottom: Any, quotient: Any) -> Any:
    """The nearest whole number, the even one of two."""
    rest = top - quotient * bottom
    twice, size = (rest + rest).abs(), bottom.abs()
    up = (twice > size) | ((twice == size) & (quotient % 2 != 0))
    away = ibis.ifelse((rest < 0) == (bottom < 0), 1, -1)
    return quotient + ibis.ifelse(up, away, 0).cast(WHOLE)


def modulo(left: Scalar, right: Scalar) -> Scalar:
    """The rest with the sign of the divisor, null for a divisor of 0."""
    a, b, digits = together(left, right, more=1)

    def make(x: Any, y: Any) -> Any:
        y = y.nullif(0)
        rest = x % y
        return ibis.ifelse((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest)

    return _held(lift(make, a.sql, b.sql), digits, exact=left.exact and right.exact)


def rounded(number: Scalar, places: int, mode: str) -> Scalar:
    """So many places, in one of FEEL's seven ways."""
    if abs(places) > MOST_PLACES:
        raise Refused(f"SQL rounds to {MOST_PLACES} places at most", f"SQL 最多舍入到 {MOST_PLACES} 位")
    if places >= number.digits.places:
        return number
    held = Digits(min(number.digits.whole + 1, MOST_DIGITS - number.digits.places), number.digits.places)
    value = as_decimal(number, held)
    if places < 0 and held.whole <= -places:
        held = Digits(min(2 - places, MOST_DIGITS - held.places), held.places)
        value = as_decimal(number, held)
    unit = ibis.literal(Decimal(1).scaleb(-places), type=decimal_of(held))
    made = lift(lambda x: _to_unit(x, unit, mode), value.sql)
    return _held(made, Digits(held.whole, max(places, 0)), exact=number.exact)


def _to_unit(x: Any, unit: Any, mode: str) -> Any:
    rest = x % unit
    below = x - rest  # cut towards zero
    away = ibis.ifelse(x < 0, below - unit, below + unit)
    size, half = (rest + rest).abs(), unit
    odd = below % (unit + unit) != 0
    up = {
        "floor": (rest < 0),
        "ceiling": (rest > 0),
        "up": rest != 0,
        "down": ibis.literal(False),  # noqa: FBT003 - never
        "half up": size >= half,
        "half down": size > half,
        "half even": (size > half) | ((size == half) & odd),
    }[mode]
    return ibis.ifelse(up, away, below)
