"""Sets of characters as sorted intervals, with the classes of XML Schema (appendix F)."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

Intervals = tuple[tuple[int, int], ...]

LAST = sys.maxunicode
_SURROGATES = ((0xD800, 0xDFFF),)
# The blocks of Unicode that rules ask for.
BLOCKS: dict[str, tuple[int, int]] = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Thai": (0x0E00, 0x0E7F),
    "Tibetan": (0x0F00, 0x0FFF),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "Mongolian": (0x1800, 0x18AF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "MiscellaneousTechnical": (0x2300, 0x23FF),
    "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF),
    "CJKRadicalsSupplement": (0x2E80, 0x2EFF),
    "KangxiRadicals": (0x2F00, 0x2FDF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "EnclosedCJKLettersandMonths": (0x3200, 0x32FF),
    "CJKCompatibility": (0x3300, 0x33FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "PrivateUse": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "Specials": (0xFFF0, 0xFFFF),
}


def union(*sets: Iterable[tuple[int, int]]) -> Intervals:
    """Characters of any of the sets."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(interval for each in sets for interval in each):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def inverted(intervals: Intervals) -> Intervals:
    """All other characters; surrogates are none."""
    gaps, start = [], 0
    for first, last in union(intervals, _SURROGATES):
        if first > start:
            gaps.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


def without(intervals: Intervals, others: Intervals) -> Intervals:
    """Characters of the first set that are not in the second."""
    return inverted(union(inverted(intervals), others))


def of(*characters: str) -> Intervals:
    """These characters."""
    return union(*(((ord(each), ord(each)),) for each in characters))


@lru_cache(maxsize=1)
def categories() -> dict[str, Intervals]:
    """The characters of each general category of Unicode, and of each group such as `L`."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, run in groupby(range(LAST + 1), key=lambda code: unicodedata.category(chr(code))):
        codes = list(run)
        found.setdefault(name, []).append((codes[0], codes[-1]))
    made = {name: tuple(intervals) for name, intervals in found.items()}
    groups = {name[0] for name in made}
    return made | {
        group: union(*(intervals for name, intervals in made.items() if name[0] == group)) for group in groups
    }


_NAME_START = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
    (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
    (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
_NAME_MORE = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))


@lru_cache(maxsize=16)
def escape(letter: str) -> Intervals | None:
    r"""The class of `\s`, `\i`, `\c`, `\d`, `\w` or, with a capital, its opposite."""
    if letter.isupper():
        opposite = escape(letter.lower())
        return None if opposite is None else inverted(opposite)
    if letter == "s":
        return of(" ", "\t", "\n", "\r")
    if letter in ("i", "c"):
        return union(_NAME_START, _NAME_MORE if letter == "c" else ())
    if letter == "d":
        return categories()["Nd"]
    if letter == "w":
        return inverted(union(*(categories()[group] for group in "PZC")))
    return None


def named(name: str) -> Intervals | None:
    r"""The class of `\p{name}`: a category, or with `Is` a block."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        return (block,) if block else None
    return categories().get(name)
