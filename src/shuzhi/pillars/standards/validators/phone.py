"""Telephone numbers (电话号码) by the Numbering Plan for Telecommunication Networks (电信网编号计划, 2017)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shuzhi.pillars.standards.validators.text import full_to_half

STANDARD = "电信网编号计划（2017年版）"

_COUNTRY = re.compile(r"^(?:\+|00)86[- ]?")
_SEPARATORS = re.compile(r"[\s\-()·—–]+")
_EXTENSION = re.compile(r"(?:-|转|x|X|ext\.?|分机)\s*([0-9]{1,6})$")
_KINDS = (
    ("mobile", re.compile(r"1[3-9][0-9]{9}")),
    # Area codes of two digits after the zero belong to the large cities, whose numbers have eight digits.
    ("landline", re.compile(r"0(?:10|2[0-57-9])[2-8][0-9]{7}")),
    ("landline", re.compile(r"0[3-9][0-9]{2}[2-8][0-9]{6,7}")),
    ("service", re.compile(r"[48]00[0-9]{7}")),
    ("service", re.compile(r"95[0-9]{3,6}|96[0-9]{3,4}")),
    ("short", re.compile(r"11[0-9]|12[0-2]|12[0-9]{3}|10[01][0-9]{2,3}")),
)


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """The answer about one number: its kind, and the number as digits only, without country code."""

    valid: bool
    kind: str | None = None
    number: str | None = None
    extension: str | None = None
    reason: str = ""


def check_phone(text: str) -> PhoneCheck:
    """Check a mobile, landline (with area code), 400/800, 95xxx/96xxx or short service number.

    A landline without its area code is refused with reason `area_code`: which city it rings in cannot be known.
    """
    written = full_to_half(text).strip()
    abroad = _COUNTRY.match(written) is not None
    written = _COUNTRY.sub("", written)
    extension = None
    if (found := _EXTENSION.search(written)) and (main := _digits(written[: found.start()])):
        # "0571-87654321" also looks like a number with an extension: a part that is no number by itself is none.
        whole = _digits(written)
        if (whole is None or _kind(whole) is None) and _kind(_with_zero(main, abroad)):
            written, extension = written[: found.start()], found[1]
    digits = _digits(written)
    if digits is None:
        return PhoneCheck(valid=False, reason="characters")
    digits = _with_zero(digits, abroad)
    if kind := _kind(digits):
        return PhoneCheck(valid=True, kind=kind, number=digits, extension=extension)
    return PhoneCheck(
        valid=False, reason="area_code" if re.fullmatch(r"[2-8][0-9]{6,7}", digits) else "length"
    )


def is_phone(text: str) -> bool:
    """Whether the text is a telephone number that can be dialled from anywhere in the country."""
    return check_phone(text).valid


def _kind(digits: str) -> str | None:
    return next((kind for kind, shape in _KINDS if shape.fullmatch(digits)), None)


def _with_zero(digits: str, abroad: bool) -> str:  # noqa: FBT001
    """Put back the trunk zero that +86 swallows: +86 571 8765 4321 is 0571 8765 4321."""
    return "0" + digits if abroad and _kind(digits) is None and not digits.startswith("0") else digits


def _digits(text: str) -> str | None:
    digits = _SEPARATORS.sub("", text)
    return digits if digits.isascii() and digits.isdigit() else None
