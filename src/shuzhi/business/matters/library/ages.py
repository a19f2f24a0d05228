"""Ages that people say (年龄): 八十了, 92岁, 六十多 as numbers, so that they mean the time of life that a vocabulary gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator

OLDEST = 120
GROWN = 45  # "五十了" is an age, "三了" is not
_DIGITS = {each: number for number, each in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|一?百[零一二三四五六七八九十]{0,2})"
_YEARS = re.compile(_NUMBER + r"\s*(?:多|来|出头|好几|几)?\s*(?:周?岁|years? old|year-old)")
_BARE = re.compile(
    r"(?:今年|都|快|满|过|妈|爸|爷|奶|婆|公|老太|老头|老人)\s*"
    + _NUMBER
    + r"(?:多|出头|好几)?(?!\d|[个天月块年元])"
)


def ages(text: str) -> Iterator[int]:
    """The ages in a text, in years; a bare number only where it follows a person and is a grown one's."""
    yield from (age for age in _read(_YEARS, text) if age <= OLDEST)
    yield from (age for age in _read(_BARE, text) if GROWN <= age <= OLDEST)


def _read(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return (number(found.group(1)) for found in pattern.finditer(text))


def number(text: str) -> int:
    """A number below two hundred in digits or in Chinese."""
    if text.isascii():
        return int(text)
    rest = text.rpartition("百")[2].strip("零")
    tens, ten, ones = rest.rpartition("十")
    above = 100 if "百" in text else 0
    return above + (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)
