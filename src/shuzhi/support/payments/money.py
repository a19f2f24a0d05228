"""Money in whole fen (分), exactly: a part of a fen is refused, never rounded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from shuzhi.support.payments.errors import AmountWrong

MOST = 10**14  # fen: a thousand thousand million yuan


def fen_of(yuan: Decimal | int | str) -> int:
    """Yuan in fen.

    Raises:
        AmountWrong: it is not above nought, too much, or has a part of a fen.
    """
    try:
        fen = Decimal(yuan).scaleb(2)
    except (InvalidOperation, ValueError):
        raise AmountWrong from None
    if not fen.is_finite() or not 0 < fen <= MOST or fen != fen.to_integral_value():
        raise AmountWrong
    return int(fen)


def yuan_of(fen: int) -> Decimal:
    """Fen in yuan, with two places."""
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))


def said(fen: int) -> str:
    """As people read it: 12,345.60."""
    return f"{yuan_of(fen):,.2f}"
