"""Unified social credit code (统一社会信用代码), GB 32100-2015."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul

from shuzhi.pillars.standards.validators.text import full_to_half, without_spaces

STANDARD = "GB 32100-2015"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z, which are mistaken for 1 0 5 U 2
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))  # table 3 of the standard
LENGTH = 18

_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class UsccCheck:
    """The answer about one code: `repaired` is the valid code that the text becomes when written properly."""

    valid: bool
    repaired: str | None = None
    reason: str = ""


def uscc_check_character(first17: str) -> str:
    """The 18th character that the first 17 demand."""
    total = sum(map(mul, map(_VALUES.__getitem__, first17), WEIGHTS))
    return ALPHABET[-total % 31]


def is_uscc(text: str) -> bool:
    """Whether the text, exactly as written, is a code with the right check character."""
    return _SHAPE.fullmatch(text) is not None and uscc_check_character(text[:17]) == text[17]


def check_uscc(text: str) -> UsccCheck:
    """Check a code, and offer a repair where only its writing is wrong.

    The reason is one of `length`, `alphabet`, `shape` (the division part has a letter), `check_character`, or
    `writing` when a repair exists. A lower-case code is not valid as written, but repairable.
    """
    if is_uscc(text):
        return UsccCheck(valid=True)
    written = without_spaces(full_to_half(text)).upper()
    if written != text and is_uscc(written):
        return UsccCheck(valid=False, repaired=written, reason="writing")
    return UsccCheck(valid=False, reason=_reason(written))


def _reason(code: str) -> str:
    if len(code) != LENGTH:
        return "length"
    if any(character not in _VALUES for character in code):
        return "alphabet"
    return "check_character" if _SHAPE.fullmatch(code) else "shape"
