"""Where a text can carry a mark: places that may be written in two ways and say the same.

Two styles are told apart, each uniform over a text, as people write: whether punctuation beside Chinese characters is
full or half width, and whether a space stands between a Chinese character and a Latin letter or digit. Nothing else is
touched: `canonical` of a text stays what it was, so that no number, code, day or name ever changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_FULL, _HALF = "（），；：！？", "(),;:!?"
_TO_FULL, _TO_HALF = str.maketrans(_HALF, _FULL), str.maketrans(_FULL, _HALF)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = re.escape(_FULL + _HALF)
_PUNCTUATION = re.compile(rf"(?<=[{_HAN}])[{_MARKS}]|(?<=[{_HAN}] )[{_MARKS}]|[{_MARKS}](?= ?[{_HAN}])")
_BOUNDARY = re.compile(rf"(?<=[{_HAN}]) ?(?=[A-Za-z0-9])|(?<=[A-Za-z0-9]) ?(?=[{_HAN}])")


def canonical(text: str) -> str:
    """What a text says, however it is spaced and however wide its signs are: NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True)
class Carrier:
    """One style: `read` gives 0 or 1, or None where a text has no such place or is not uniform; `write` sets it."""

    name: str
    read: Callable[[str], int | None]
    write: Callable[[str, int], str]

    def written(self, text: str, bit: int) -> str:
        """The text in the style of a bit; as it was wherever that would not say the same or could not be read back."""
        made = self.write(text, bit)
        return made if canonical(made) == canonical(text) and self.read(made) == bit else text


def _uniform(found: list[bool]) -> int | None:
    return int(found[0]) if found and len(set(found)) == 1 else None


def _read_width(text: str) -> int | None:
    return _uniform([sign[0] in _FULL for sign in _PUNCTUATION.findall(text)])


def _write_width(text: str, bit: int) -> str:
    return _PUNCTUATION.sub(lambda found: found[0].translate(_TO_FULL if bit else _TO_HALF), text)


def _read_space(text: str) -> int | None:
    return _uniform([found[0] == " " for found in _BOUNDARY.finditer(text)])


def _write_space(text: str, bit: int) -> str:
    return _BOUNDARY.sub(" " if bit else "", text)


CARRIERS = (Carrier("width", _read_width, _write_width), Carrier("space", _read_space, _write_space))
