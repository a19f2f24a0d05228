"""Resident identity number (公民身份号码), GB 11643-1999, and the 15-digit number that it replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shuzhi.pillars.standards.validators.text import full_to_half, without_spaces

STANDARD = "GB 11643-1999"
ALPHABET = "0123456789X"  # X is ten, and stands only at the end
WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))

_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_SHAPE = re.compile(r"[1-9][0-9]{14}")
_CENTENARIANS = ("996", "997", "998", "999")  # sequence numbers kept for people born before 1900

KnownDivision = Callable[[str, date], bool]


@dataclass(frozen=True, slots=True)
class ResidentIdCheck:
    """The answer about one number; the facts it carries are there whenever its date is real.

    `sex` follows GB/T 2261.1 (1 male, 2 female). `repaired` is the 18-digit number the text becomes when it is
    written properly or, with reason `old_15_digits`, brought up to the present standard.
    """

    valid: bool
    repaired: str | None = None
    reason: str = ""
    born_on: date | None = None
    sex: str | None = None
    division: str | None = None


def resident_id_check_character(first17: str) -> str:
    """The 18th character that the first 17 digits demand (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(1 - total) % 11]


def is_resident_id(text: str) -> bool:
    """Whether the text, exactly as written, is an 18-digit number with a real birth date and the right check."""
    return _why_not(text, today=None) == ""


def check_resident_id(
    text: str, *, today: date | None = None, known_division: KnownDivision | None = None
) -> ResidentIdCheck:
    """Check a number, and say what it tells.

    A birth date after `today` is refused when `today` is given. The first six digits name the county of the first
    registration; it may long be gone, so that they are looked up only where `known_division(code, born_on)` is given,
    and then as of the birth date or later: a caller passes a function that knows both.

    The reason is one of `length`, `shape`, `birth_date`, `future_birth_date`, `check_character`, `division`, and with a
    repair `writing` or `old_15_digits`.
    """
    if is_resident_id(text):
        return _facts(text, text, "", today, known_division)
    written = without_spaces(full_to_half(text)).upper()
    if _OLD_SHAPE.fullmatch(written):
        return _facts(text, upgrade_15_digits(written), "old_15_digits", today, known_division)
    return _facts(text, written, "writing", today, known_division)


def upgrade_15_digits(old: str) -> str:
    """The 18-digit number of a 15-digit one: the century is put in and the check character is computed.

    The old number has a two-digit year. It is of the 1900s, except that the sequence numbers 996 to 999 were kept for
    people born in the 1800s.
    """
    century = "18" if old[12:] in _CENTENARIANS else "19"
    first17 = old[:6] + century + old[6:]
    return first17 + resident_id_check_character(first17)


def _facts(
    text: str, number: str, change: str, today: date | None, known_division: KnownDivision | None
) -> ResidentIdCheck:
    if reason := _why_not(number, today=today):
        return ResidentIdCheck(valid=False, reason=reason)
    born_on = _birth_date(number)
    assert born_on is not None
    known = known_division is None or known_division(number[:6], born_on)
    return ResidentIdCheck(
        valid=number == text and known,
        repaired=number if number != text and known else None,
        reason=change if known else "division",
        born_on=born_on,
        sex="1" if int(number[16]) % 2 else "2",
        division=number[:6],
    )


def _why_not(number: str, *, today: date | None) -> str:
    if len(number) != len(WEIGHTS) + 1:
        return "length"
    if not _SHAPE.fullmatch(number):
        return "shape"
    born_on = _birth_date(number)
    if born_on is None:
        return "birth_date"
    if today is not None and born_on > today:
        return "future_birth_date"
    return "" if resident_id_check_character(number[:17]) == number[17] else "check_character"


def _birth_date(number: str) -> date | None:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born_on if born_on.year >= 1800 else None  # noqa: PLR2004 — nobody older was ever given a number
