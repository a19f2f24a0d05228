"""Masking (脱敏): what a reader below a value's grade is given instead of the value."""

from __future__ import annotations

import hashlib
import hmac
import re

from shuzhi.pillars.security.types import Grade, Mask

_ID = re.compile(r"^\d{17}[\dXx]$|^\d{15}$")
_MOBILE = re.compile(r"^1\d{10}$")
SHORT = 4  # characters: a name; only the first is shown


def mask_value(value: str | None, *, mask: Mask, key: bytes) -> str | None:
    """One value as a reader below its grade sees it. `key` is the node's masking key (for `hash`)."""
    if value is None or mask is Mask.NONE:
        return value
    if mask is Mask.DROP:
        return None
    if mask is Mask.HASH:
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]
    if mask is Mask.GENERALISE:
        return generalise(value)
    return partial(value)


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


def generalise(value: str) -> str:
    """Give the larger class a value lies in: a date's year, a number's order of magnitude, a text's beginning."""
    if re.match(r"^\d{4}-\d{2}-\d{2}", value):
        return value[:4]
    if re.match(r"^-?\d+(\.\d+)?$", value):
        digits = len(value.lstrip("-").split(".")[0])
        return f"{value.lstrip('-')[0]}{'0' * (digits - 1)}±" if digits > 1 else "0–9"
    return value[: min(6, len(value) // 3)] + "…"


def readable(*, grade: Grade, clearance: Grade) -> bool:
    """Whether a reader cleared to `clearance` sees values of `grade` as they are."""
    return grade <= clearance


def as_seen(value: object, *, grade: Grade, mask: Mask, clearance: Grade, key: bytes) -> object:
    """A value of any kind as a reader cleared to `clearance` gets it.

    Fails closed: a field above the reader's clearance that declares no mask is left out, and so is a value
    with parts (a geometry, a list), which no mask of text fits.
    """
    if value is None or readable(grade=grade, clearance=clearance):
        return value
    if mask is Mask.NONE or isinstance(value, dict | list | tuple):
        return None
    return mask_value(str(value), mask=mask, key=key)
