"""A value as a reader gets it, by grade, clearance and mask."""

from __future__ import annotations

from shuzhi.pillars.security.masking.functions import mask_value
from shuzhi.pillars.security.masking.terms import PLAIN, MaskTerms
from shuzhi.pillars.security.types import Grade, Mask


def readable(*, grade: Grade, clearance: Grade) -> bool:
    """Whether a reader cleared to `clearance` sees values of `grade` as they are."""
    return grade <= clearance


def as_seen(
    value: object,
    *,
    grade: Grade,
    mask: Mask,
    clearance: Grade,
    key: bytes,
    terms: MaskTerms = PLAIN,
    subject: str | None = None,
) -> object:
    """A value of any kind as a reader cleared to `clearance` gets it.

    Fails closed: a field above the reader's clearance that declares no mask is left out, and so is a value
    with parts (a geometry, a list), which no mask of text fits.
    """
    if value is None or readable(grade=grade, clearance=clearance):
        return value
    if mask is Mask.NONE or isinstance(value, dict | list | tuple):
        return None
    return mask_value(str(value), mask=mask, key=key, terms=terms, subject=subject)
