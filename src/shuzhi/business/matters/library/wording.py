"""Everyday words (日常用语): texts cut into what they are found by, in characters, words and sounds.

Chinese is cut into pairs of characters, which needs no word list and can't cut wrong; the sounds of the pairs find
what was typed with a like-sounding character, and pinyin typed as such. Latin text is cut into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from shuzhi.pillars.standards.sorting import sort_key

PAIR, SINGLE, SOUND, WORD = 1.0, 0.8, 0.3, 1.0
MOST_CHARACTERS = 200
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:-[a-z0-9]+)*")
_ROWS = re.compile(r"[a-z]+(?: [a-z]+)+")
_TONE = re.compile(r"\d$")


def folded(text: str) -> str:
    """One width, one case."""
    return unicodedata.normalize("NFKC", text).casefold()


class Plain:
    """Leaves out what says nothing (怎么, 要办什么): the longest first, on matters and on questions alike."""

    def __init__(self, fillers: Iterable[str]) -> None:
        """Ready for texts."""
        said = sorted({folded(each).strip() for each in fillers} - {""}, key=lambda each: (-len(each), each))
        latin = [re.escape(each) for each in said if each.isascii()]
        han = [re.escape(each) for each in said if not each.isascii()]
        parts = [*(["|".join(han)] if han else []), *([rf"\b(?:{'|'.join(latin)})\b"] if latin else [])]
        self._fillers = re.compile("|".join(parts)) if parts else None

    def __call__(self, text: str) -> str:
        """What is left; all of it, where nothing would be."""
        whole = folded(text)[:MOST_CHARACTERS]
        left = self._fillers.sub(" ", whole).strip() if self._fillers else whole
        return left or whole


def tokens(text: str) -> dict[str, float]:
    """What a text is found by, each with its weight."""
    found: dict[str, float] = {}
    for run in _RUNS.findall(text):
        for token, weight in _latin(run) if run.isascii() else _han(run):
            found[token] = found.get(token, 0.0) + weight
    for token in _spoken(text):
        found[token] = found.get(token, 0.0) + SOUND
    return found


def _spoken(text: str) -> Iterator[str]:
    """The sounds where one pinyin word meets the next: mei dian, typed apart, is 没电."""
    for row in _ROWS.findall(text):
        for one, other in pairwise(_heard(each) for each in row.split()):
            if one and other:
                yield f"~{one[-1]}~{other[0]}"


def _han(run: str) -> Iterator[tuple[str, float]]:
    for character in run:
        yield character, SINGLE
    for first, second in pairwise(run):
        yield first + second, PAIR
        yield sounds(first, second), SOUND


def _latin(run: str) -> Iterator[tuple[str, float]]:
    yield stem(run), WORD
    for pair in pairwise(_heard(run)):
        yield "~" + "~".join(pair), SOUND


@lru_cache(maxsize=200_000)
def sounds(first: str, second: str) -> str:
    """How two characters sound, without tones."""
    return f"~{_sound(first)}~{_sound(second)}"


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    return blurred(_TONE.sub("", sort_key(character)).replace("ü", "v"))


def blurred(syllable: str) -> str:
    """A syllable as it is heard in the south: zh and z, ing and in are one, as in every input method."""
    start = syllable[0] + syllable[2:] if syllable[:2] in {"zh", "ch", "sh"} else syllable
    return start.removesuffix("g") if start.endswith(("ing", "eng")) else start


def initials(text: str) -> str:
    """The first letters of how a text sounds: 结婚登记 is jhdj."""
    return "".join(_sound(each)[:1] for each in text if "\u3400" <= each <= "\u9fff")


def stem(word: str) -> str:
    """An English word without its commonest endings."""
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > 4 else word  # noqa: PLR2004


_INITIALS = [
    "b",
    "p",
    "m",
    "f",
    "d",
    "t",
    "n",
    "l",
    "g",
    "k",
    "h",
    "j",
    "q",
    "x",
    "zh",
    "ch",
    "sh",
    "r",
    "z",
    "c",
    "s",
    "y",
    "w",
]
_FINALS = [
    "a",
    "ai",
    "an",
    "ang",
    "ao",
    "e",
    "ei",
    "en",
    "eng",
    "er",
    "i",
    "ia",
    "ian",
    "iang",
    "iao",
    "ie",
    "in",
    "ing",
    "iong",
    "iu",
    "o",
    "ong",
    "ou",
    "u",
    "ua",
    "uai",
    "uan",
    "uang",
    "ue",
    "ui",
    "un",
    "uo",
    "v",
    "ve",
]
_SYLLABLE = re.compile(
    "|".join(sorted((f"{i}{f}" for i in ["", *_INITIALS] for f in _FINALS), key=lambda x: -len(x)))
)


def syllables(word: str) -> list[str]:
    """Pinyin of several syllables cut into them, the longest first; nothing where it is no pinyin."""
    heard = _cut(word)
    return heard if len(heard) > 1 else []


def _heard(word: str) -> list[str]:
    return [blurred(each) for each in _cut(word)]


def _cut(word: str) -> list[str]:
    heard, at = [], 0
    while at < len(word):
        found = _SYLLABLE.match(word, at)
        if found is None:
            return []
        heard.append(found.group())
        at = found.end()
    return heard
