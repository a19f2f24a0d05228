"""Header cells as column names: tidy, joined over two rows, each of them once."""

from __future__ import annotations

import re

from shuzhi.data.sources.reading.shapes import is_empty

_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff（）])\s+(?=[\u3400-\u9fff（）])")
_GAPS = re.compile(r"\s+")


def joined_name(parts: list[str]) -> str:
    """Upper-lower; a text that both rows have is said once."""
    names = [column_name(part) for part in parts if not is_empty(part)]
    return "-".join(dict.fromkeys(names))


def column_name(text: str) -> str:
    """A header cell as a name: no line ends, no gaps inside Chinese words (说      明)."""
    return _GAPS.sub(" ", _CJK_GAP.sub("", text.replace("\0", "").replace("\ufeff", "").strip()))


def unique_name(name: str, taken: set[str]) -> str:
    """The name, or the name with the first free number behind it."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
