"""Tokens that keep the format (保格式假名): a resident number stays one that passes its check, a phone a phone.

A shape is a set of texts with a numbering. Its members are encrypted among themselves by FF1: the same text always
gets the same token, and no two texts share one. What has no shape of its own is encrypted character class by
character class, and never becomes a member of a shape. Under a million possibilities a token could be tried out:
such texts, and texts with letters of no known class, become asterisks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shuzhi.pillars.security.masking.ff1 import FF1, LEAST
from shuzhi.pillars.security.masking.keys import derived
from shuzhi.pillars.standards.validators.resident_id import is_resident_id, resident_id_check_character
from shuzhi.pillars.standards.validators.uscc import ALPHABET, is_uscc, uscc_check_character

FIRST_DAY, DAYS = date(1900, 1, 1).toordinal(), date(2100, 1, 1).toordinal() - date(1900, 1, 1).toordinal()
SEQUENCES, COUNTIES = 1_000, 900_000
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CLASSES = (("0", 10), ("A", 26), ("a", 26), ("\u4e00", 0x9FFF - 0x4E00 + 1))  # first character, how many


@dataclass(frozen=True)
class Shape:
    """A set of texts numbered from 0 to `size` - 1."""

    name: str
    size: int
    has: Callable[[str], bool]
    number: Callable[[str], int]
    text: Callable[[int, str], str]  # the number's text; the original tells what is kept of it


def token(value: str, *, key: bytes) -> str:
    """The token that stands for a text."""
    cipher = _cipher(key)
    shape = next((shape for shape in SHAPES if shape.has(value)), None)
    if shape is not None:
        number = _permuted(cipher, shape.number(value), shape.size, tweak=_kept(shape, value))
        return shape.text(number, value)
    return _classwise(cipher, value)


def _permuted(cipher: FF1, number: int, size: int, *, tweak: bytes) -> int:
    """Another number below `size`: encrypted as bits, again and again until it falls into the range."""
    length = (size - 1).bit_length()
    number = cipher.encrypt(number, radix=2, length=length, tweak=tweak)
    while number >= size:
        number = cipher.encrypt(number, radix=2, length=length, tweak=tweak)
    return number


def _classwise(cipher: FF1, value: str) -> str:
    classes = [_class_of(character) for character in value]
    size = 1
    for _, many in filter(None, classes):
        size *= many
    unknown = any(
        c is None and unicodedata.category(v)[0] in "LNMC" for c, v in zip(classes, value, strict=True)
    )
    if unknown or size < LEAST:
        return "*" * len(value)
    tweak = "".join("." if each else character for each, character in zip(classes, value, strict=True))
    number = _packed(value, classes)
    while True:
        number = _permuted(cipher, number, size, tweak=b"text" + tweak.encode("utf-8", "surrogatepass"))
        made = _unpacked(number, value, classes)
        if not any(shape.has(made) for shape in SHAPES):
            return made


def _class_of(character: str) -> tuple[str, int] | None:
    return next((each for each in _CLASSES if 0 <= ord(character) - ord(each[0]) < each[1]), None)


def _packed(value: str, classes: list[tuple[str, int] | None]) -> int:
    number = 0
    for character, each in zip(value, classes, strict=True):
        if each:
            number = number * each[1] + ord(character) - ord(each[0])
    return number


def _unpacked(number: int, value: str, classes: list[tuple[str, int] | None]) -> str:
    made = list(value)
    for place in reversed(range(len(value))):
        each = classes[place]
        if each:
            number, digit = divmod(number, each[1])
            made[place] = chr(ord(each[0]) + digit)
    return "".join(made)


def _kept(shape: Shape, value: str) -> bytes:
    return (shape.name + (value[:2] if shape is USCC else "")).encode()


def _born(value: str) -> int:
    return date(int(value[6:10]), int(value[10:12]), int(value[12:14])).toordinal() - FIRST_DAY


def _is_resident(value: str) -> bool:
    return is_resident_id(value) and 0 <= _born(value) < DAYS


def _resident_number(value: str) -> int:
    return ((int(value[:6]) - 100_000) * DAYS + _born(value)) * SEQUENCES + int(value[14:17])


def _resident_text(number: int, original: str) -> str:
    del original
    rest, sequence = divmod(number, SEQUENCES)
    county, day = divmod(rest, DAYS)
    first17 = f"{county + 100_000}{date.fromordinal(day + FIRST_DAY):%Y%m%d}{sequence:03d}"
    return first17 + resident_id_check_character(first17)


def _uscc_number(value: str) -> int:
    number = int(value[2:8])
    for character in value[8:17]:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return number


def _uscc_text(number: int, original: str) -> str:
    body = ""
    for _ in range(9):
        number, digit = divmod(number, len(ALPHABET))
        body = ALPHABET[digit] + body
    first17 = f"{original[:2]}{number:06d}{body}"
    return first17 + uscc_check_character(first17)


def _mobile_text(number: int, original: str) -> str:
    del original
    return f"1{number + 3_000_000_000}"


RESIDENT = Shape("resident", COUNTIES * DAYS * SEQUENCES, _is_resident, _resident_number, _resident_text)
USCC = Shape("uscc", 10**6 * len(ALPHABET) ** 9, is_uscc, _uscc_number, _uscc_text)
MOBILE = Shape(
    "mobile",
    7 * 10**9,
    lambda value: _MOBILE.fullmatch(value) is not None,
    lambda value: int(value[1:]) - 3_000_000_000,
    _mobile_text,
)
SHAPES = (RESIDENT, USCC, MOBILE)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> FF1:
    return FF1(derived(key, "token"))
