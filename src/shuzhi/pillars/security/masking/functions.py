"""The masks themselves: text in, text out, nothing kept."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from shuzhi.pillars.security.masking.noise import noisy
from shuzhi.pillars.security.masking.shifting import shifted
from shuzhi.pillars.security.masking.terms import PLAIN, Level, MaskTerms
from shuzhi.pillars.security.masking.tokens import token
from shuzhi.pillars.security.types import Mask

_ID = re.compile(r"^\d{17}[\dXx]$|^\d{15}$")
_MOBILE = re.compile(r"^1\d{10}$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
_DISTRICT = re.compile(r"^.{0,20}?(?:特别行政区|自治县|自治旗|林区|特区|新区|[区县旗]|(?<=市).{1,6}?市)")
_CITY = re.compile(r"^.{0,20}?(?:自治州|地区|盟|市)")
SHORT = 4  # characters: a name; only the first is shown


def mask_value(
    value: str | None, *, mask: Mask, key: bytes, terms: MaskTerms = PLAIN, subject: str | None = None
) -> str | None:
    """One value as a reader below its grade sees it; None where the mask cannot hide it.

    `key` is the node's masking key, `subject` whose row it is (for `shift` and `noise`). A mask that nobody wrote a
    function for gives nothing.
    """
    if value is None or mask is Mask.NONE:
        return value
    if mask in _PLAIN:
        return _PLAIN[mask](value, terms)
    if mask in _KEYED:
        return _KEYED[mask](value, terms, subject, key)
    return None


def hashed(value: str, *, key: bytes) -> str:
    """An HMAC under the key: the same text has the same one, and nobody without the key can try texts out."""
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def partial(value: str) -> str:
    """Keep what tells values apart for a clerk, hide what identifies: 138****1234, 张*, 3301**********123X."""
    if _ID.match(value):
        return value[:4] + "*" * (len(value) - 8) + value[-4:]
    if _MOBILE.match(value):
        return value[:3] + "****" + value[-4:]
    if len(value) <= 1:
        return "*"
    if len(value) <= SHORT:
        return value[0] + "*" * (len(value) - 1)
    shown = max(1, len(value) // 4)
    return value[:shown] + "*" * (len(value) - 2 * shown) + value[-shown:]


def generalise(value: str, terms: MaskTerms = PLAIN) -> str | None:
    """Give the larger class a value lies in; None where a value has no class of the level that is asked for."""
    if terms.to is Level.USUAL:
        return _usual(value)
    if terms.to is Level.BAND:
        return _band(value, terms.band)
    if terms.to is Level.DISTRICT:
        found = _DISTRICT.match(value) or _CITY.match(value)
        return found[0] if found and found[0] != value else None
    if not _DAY.match(value):
        return None
    return value[:4] if terms.to is Level.YEAR else value[:7]


def _usual(value: str) -> str:
    if _DAY.match(value):
        return value[:4]
    if re.match(r"^-?\d+(\.\d+)?$", value):
        digits = len(value.lstrip("-").split(".")[0])
        return f"{value.lstrip('-')[0]}{'0' * (digits - 1)}±" if digits > 1 else "0–9"
    return value[: min(6, len(value) // 3)] + "…"


def _band(value: str, width: Decimal) -> str | None:
    """The band of a number, its lower end included and its upper end not: 30–40."""
    try:
        number = Decimal(value)
        low = (number // width - (1 if number < 0 and number % width else 0)) * width
    except InvalidOperation:
        return None
    return f"{low:f}–{low + width:f}" if number.is_finite() else None


_PLAIN: dict[Mask, Callable[[str, MaskTerms], str | None]] = {
    Mask.PARTIAL: lambda value, _: partial(value),
    Mask.GENERALISE: generalise,
}
_KEYED: dict[Mask, Callable[[str, MaskTerms, str | None, bytes], str | None]] = {
    Mask.HASH: lambda value, _, __, key: hashed(value, key=key),
    Mask.TOKEN: lambda value, _, __, key: token(value, key=key),
    Mask.SHIFT: lambda value, terms, subject, key: shifted(value, terms, subject=subject, key=key),
    Mask.NOISE: lambda value, terms, subject, key: noisy(value, terms, subject=subject, key=key),
}
