"""Words in both languages, and the choice between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import get_language

from shuzhi.foundation.words import Words as Pair


class Said(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        """The text in the reader's language."""
        return self.zh if is_chinese() else self.en


Words = Said | Pair | Mapping[str, str] | str
"""A text for people: both languages, a mapping with `zh` and `en`, or a name that has only one form."""


def is_chinese() -> bool:
    """Whether the reader's page is in Chinese, which it is unless they chose English."""
    language = get_language()
    return language is None or not language.startswith("en")


def say(words: object) -> str:
    """The text in the reader's language; the other language where only that one exists."""
    if words is None:
        return ""
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    if isinstance(words, Mapping):
        return str(words.get(first) or words.get(second) or "")
    if hasattr(words, "zh") and hasattr(words, "en"):
        return str(getattr(words, first) or getattr(words, second))
    return str(words)
