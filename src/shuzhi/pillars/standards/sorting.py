"""Sort keys for Chinese text: the database sorts by bytes, people by pinyin."""

from __future__ import annotations

from functools import lru_cache


def sort_key(text: str) -> str:
    """The pinyin of a text, character by character, so that an ordinary index sorts Chinese names."""
    return " ".join(_pinyin(character) for character in text)[:300]


@lru_cache(maxsize=30_000)
def _pinyin(character: str) -> str:
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.TONE3, errors="default")[0][0]).lower()
