"""Numbers: decimal128, 34 digits, ties to even (10.3.2.3.1)."""

from __future__ import annotations

import decimal
from decimal import Decimal

# Shared by all threads: only its settings are read; what goes wrong is raised, never kept as a flag.
CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
ZERO, ONE = Decimal(0), Decimal(1)


def number_of(value: Decimal | int) -> Decimal:
    """A number rounded to 34 digits.

    Raises:
        decimal.Overflow: the number is beyond decimal128.
    """
    made = CONTEXT.create_decimal(value)
    if not made.is_finite():
        raise decimal.InvalidOperation
    return made or abs(made)


def whole(value: object) -> int | None:
    """The integer that a number is, or None; numbers too large to index anything are none."""
    if type(value) is not Decimal or value != value.to_integral_value() or value.adjusted() > 18:  # noqa: PLR2004 - a 64-bit count
        return None
    return int(value)


def plain(value: Decimal) -> str:
    """A number as a person writes it: no exponent."""
    if value.is_zero() and value.is_signed():
        value = abs(value)
    return format(value, "f")
