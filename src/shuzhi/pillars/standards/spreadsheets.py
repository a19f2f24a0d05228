"""What a spreadsheet program would run when it opens a file, it must be given as text."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*%?$")


def neutralise(value: Cell) -> Cell | str:
    """The cell with an apostrophe before a formula, so that no spreadsheet runs it; numbers stay.

    Source: OWASP, CSV injection.
    """
    if isinstance(value, str) and value.startswith(_RISKY) and not _NUMBER.match(value):
        return "'" + value
    return value
