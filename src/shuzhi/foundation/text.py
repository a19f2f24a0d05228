"""Text from outside (文本): what no database can hold is taken out before it is asked for."""

from __future__ import annotations

import re

_UNHELD = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD: PostgreSQL holds neither, so nothing is lost."""
    return _UNHELD.sub("\ufffd", text)
