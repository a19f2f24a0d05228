"""Noise (加噪): Laplace noise of scale sensitivity / epsilon, cut off at a bound.

The noise is drawn from the key and the value's place, not anew: whoever asks twice gets the same answer, so that
asking again averages nothing away and spends no more of the budget. Being bounded and fixed it is protection against
reading single values off, not a proof of differential privacy; `epsilon` is the budget of one release of one field.
"""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from shuzhi.pillars.security.masking.keys import derived
from shuzhi.pillars.security.masking.terms import MaskTerms

TRIES = 64
DIGITS = 30


def noisy(value: str, terms: MaskTerms, *, subject: str | None, key: bytes) -> str | None:
    """The number with noise, as many places behind the point as before; None for what is no number."""
    number = _number(value)
    if number is None:
        return None
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    for turn in range(TRIES):
        drawn = _laplace(derived(key, "noise", subject or "", value, str(turn)), terms)
        moved = number + (drawn / step).to_integral_value() * step
        if number >= 0 > moved:
            moved = -moved if -moved <= terms.bound else moved * 0
        if moved != number:
            return f"{moved:f}"
    return None  # the noise is smaller than the last place: it would hide nothing


def _laplace(seed: bytes, terms: MaskTerms) -> Decimal:
    """A draw from the Laplace distribution cut off at the bound, by inverting it."""
    scale = float(terms.sensitivity / terms.epsilon)
    whole = -math.expm1(-float(terms.bound) / scale)
    share = (int.from_bytes(seed[:7], "big") + 0.5) / 2**56
    size = min(-scale * math.log1p(-share * whole), float(terms.bound))
    return Decimal(repr(size)) * (1 if seed[7] & 1 else -1)


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > DIGITS or number.adjusted() > DIGITS:
        return None
    exponent = int(number.as_tuple().exponent)
    return number.quantize(Decimal(1)) if exponent > 0 else number if exponent > -DIGITS else None
