"""What a spreadsheet program would run when it opens a file, it must be given as text."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")

# What a formula begins with, full-width as well, which East Asian editions read the same; before it, what
# programs pass over: spaces, line ends, marks that nobody sees.
_UNSEEN = r"[\s\x00-\x20\ufffd\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = re.compile(_UNSEEN + r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
# XML has no such characters, and a workbook with one can't be written.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def neutralise(value: Cell) -> Cell | str:
    """The cell with an apostrophe before a formula, so that no spreadsheet runs it; numbers stay.

    Source: OWASP, CSV injection.
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def writable(value: Cell) -> Cell | str:
    """The cell without the characters that a workbook can't hold."""
    return _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value
