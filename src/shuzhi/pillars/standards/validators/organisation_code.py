"""Organisation code (组织机构代码), GB 11714-1997: nine characters, the core of a unified social credit code."""

from __future__ import annotations

import re

STANDARD = "GB 11714-1997"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_SHAPE = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


def organisation_check_character(first8: str) -> str:
    """The ninth character that the first eight demand; ten is written X."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first8, WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def is_organisation_code(text: str) -> bool:
    """Whether the text is an organisation code, with or without the hyphen before its check character."""
    found = _SHAPE.fullmatch(text)
    return found is not None and organisation_check_character(found[1]) == found[2]
