"""Numbers (10.3.4.5)."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.numbers import CONTEXT, ONE, ZERO, number_of
from shuzhi.support.decisions.feel.values.types import BOOLEAN, NUMBER

LEAST_SCALE, MOST_SCALE = -6111, 6176
_WIDE = decimal.Context(prec=13_000, Emin=-20_000, Emax=20_000)


def rounded(number: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """The number with so many decimals; negative scales round to tens, hundreds. A scale is cut to a whole number."""
    if scale is not None and not LEAST_SCALE <= scale <= MOST_SCALE:
        raise OutOfDomain(
            f"the scale must be from {LEAST_SCALE} to {MOST_SCALE}",
            f"小数位数须在 {LEAST_SCALE} 至 {MOST_SCALE} 之间",
        )
    places = 0 if scale is None else int(scale)
    return number_of(number.quantize(ONE.scaleb(-places, _WIDE), rounding, _WIDE))


@builtin("decimal", "n: number, scale: number", result=NUMBER)
def decimal_(_: Scope, n: Decimal, scale: Decimal) -> Decimal:
    """Ties to even."""
    return rounded(n, scale, decimal.ROUND_HALF_EVEN)


def _rounding(name: str, mode: str, *signatures: str) -> None:
    def round_(_: Scope, n: Decimal, scale: Decimal | None = None) -> Decimal:
        return rounded(n, scale, mode)

    builtin(name, *signatures, result=NUMBER)(round_)


for _name, _mode in (("floor", decimal.ROUND_FLOOR), ("ceiling", decimal.ROUND_CEILING)):
    _rounding(_name, _mode, "n: number", "n: number, scale: number")
for _name, _mode in (
    ("round up", decimal.ROUND_UP),
    ("round down", decimal.ROUND_DOWN),
    ("round half up", decimal.ROUND_HALF_UP),
    ("round half down", decimal.ROUND_HALF_DOWN),
):
    _rounding(_name, _mode, "n: number, scale: number")


@builtin("abs", "n: number", result=NUMBER)
def absolute(_: Scope, n: Decimal) -> Decimal:
    """Without its sign."""
    return n.copy_abs()


@builtin("abs", "n: duration")
def absolute_duration(_: Scope, n: DayDuration | MonthDuration) -> DayDuration | MonthDuration:
    """Without its sign."""
    return DayDuration(abs(n.nanos)) if isinstance(n, DayDuration) else MonthDuration(abs(n.months))


@builtin("modulo", "dividend: number, divisor: number", result=NUMBER)
def modulo(_: Scope, dividend: Decimal, divisor: Decimal) -> Decimal:
    """`dividend - divisor * floor(dividend / divisor)`: the sign of the divisor."""
    if not divisor:
        raise OutOfDomain("the divisor must not be 0", "除数不得为 0")
    if abs(dividend.adjusted() - divisor.adjusted()) > CONTEXT.prec:
        quotient = CONTEXT.divide(dividend, divisor).to_integral_value(decimal.ROUND_FLOOR)
        return CONTEXT.subtract(dividend, CONTEXT.multiply(divisor, quotient))
    rest = _WIDE.remainder(dividend, divisor)
    if rest and rest.is_signed() != divisor.is_signed():
        rest = _WIDE.add(rest, divisor)
    return number_of(rest)


def _of_one(
    name: str, call: Callable[[Decimal], Decimal], least: Decimal | None, *, open_: bool = False
) -> None:
    def function(_: Scope, number: Decimal) -> Decimal:
        if least is not None and (number < least or (open_ and number == least)):
            raise OutOfDomain(f"not defined for {number}", f"对 {number} 没有定义")
        return call(number)

    builtin(name, "number: number", result=NUMBER)(function)


_of_one("sqrt", CONTEXT.sqrt, ZERO)
_of_one("log", CONTEXT.ln, ZERO, open_=True)
_of_one("exp", CONTEXT.exp, None)


@builtin("odd", "number: number", result=BOOLEAN)
def odd(_: Scope, number: Decimal) -> bool:
    """Whether a whole number is odd."""
    return _parity(number) == 1


@builtin("even", "number: number", result=BOOLEAN)
def even(_: Scope, number: Decimal) -> bool:
    """Whether a whole number is even."""
    return _parity(number) == 0


def _parity(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise OutOfDomain("only whole numbers are odd or even", "只有整数才分奇偶")
    return int(_WIDE.remainder(number.copy_abs(), Decimal(2)))
