"""Codes and numbers that say where: division codes, postal codes, longitude and latitude."""

from __future__ import annotations

import re

DIVISION_STANDARD = "GB/T 2260-2007、GB/T 10114-2003"
POSTAL_STANDARD = "中国邮政四级六位邮政编码"
POSITION_STANDARD = "GB/T 16831-2013"

# The 34 province-level codes; the rest of a code says nothing without the division tree of a day.
PROVINCES = frozenset(
    re.findall("..", "11121314152122233132333435363741424344454650515253546162636465718182")
)

_DIVISION = re.compile(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")
_POSTAL = re.compile(r"[0-8][0-9]{5}")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]+)?")


def is_division_code(text: str) -> bool:
    """Whether the text has the form of a 6-, 9- or 12-digit division code of one of the 34 provinces.

    Whether the division exists, and when, is the division tree's answer, not a matter of form.
    """
    return _DIVISION.fullmatch(text) is not None and text[:2] in PROVINCES


def is_postal_code(text: str) -> bool:
    """Whether the text has the form of a postal code."""
    return _POSTAL.fullmatch(text) is not None and text != "000000"


def is_longitude(text: str) -> bool:
    """Whether the text is a longitude in decimal degrees, -180 to 180."""
    return _DEGREES.fullmatch(text) is not None and abs(float(text)) <= 180  # noqa: PLR2004


def is_latitude(text: str) -> bool:
    """Whether the text is a latitude in decimal degrees, -90 to 90."""
    return _DEGREES.fullmatch(text) is not None and abs(float(text)) <= 90  # noqa: PLR2004
