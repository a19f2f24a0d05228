"""Money in whole fen (分). Rules answer in yuan; nothing here is ever a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def fen_of(yuan: Decimal | int | str) -> int:
    """Yuan in fen, the half fen upwards (四舍五入到分).

    Raises:
        ValueError: it is no finite number.
    """
    amount = Decimal(yuan)
    if not amount.is_finite():
        raise ValueError(f"{yuan} is no amount")
    return int(amount.quantize(FEN, rounding=ROUND_HALF_UP).scaleb(2))


def yuan_of(fen: int) -> Decimal:
    """Fen in yuan, exactly."""
    return Decimal(fen).scaleb(-2)


def said(fen: int) -> str:
    """As people read it: 12,345.60."""
    return f"{yuan_of(fen):,.2f}"
