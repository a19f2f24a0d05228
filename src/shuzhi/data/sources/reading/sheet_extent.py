"""How large a sheet will become in memory, from its XML alone.

A sheet with one cell at A1 and one at XFD1048576 is a few bytes on disk and seventeen thousand million cells in
a reader. The box that the filled cells span is measured here, before any reader sees the file.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from shuzhi.data.sources.reading.archives import damage_named
from shuzhi.data.sources.reading.errors import FileTooLarge
from shuzhi.data.sources.reading.types import Limits

CHUNK = 1024 * 1024
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*)>(\s*</(?:\w+:)?c\s*>)?")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]*)(\d+)[\"']")
_LONGEST_TAG = 4096


def check_extent(path: Path, limits: Limits, name: str) -> None:
    """Refuse a workbook one of whose sheets spans more cells than allowed.

    Raises:
        FileTooLarge: with the number of cells found.
    """
    with damage_named(name), zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            if "worksheets/" in entry and entry.lower().endswith(".xml"):
                extent = _Extent(limits, name)
                with archive.open(entry) as file:
                    rest = b""
                    while chunk := file.read(CHUNK):
                        rest = extent.feed(rest + chunk)


class _Extent:
    """Follows rows and cells the way a reader does: by reference where given, else by counting."""

    def __init__(self, limits: Limits, name: str) -> None:
        self._limits, self._name = limits, name
        self._row = self._column = self._rows = self._columns = 0
        self._first_row: int | None = None

    def feed(self, data: bytes) -> bytes:
        end = 0
        for match in _TAG.finditer(data):
            end = match.end()
            if match[1] == b"row":
                self._start_row(match[2])
            else:
                self._take_cell(match[2], empty=match[2].endswith(b"/") or match[3] is not None)
        return data[max(end, len(data) - _LONGEST_TAG) :]

    def _start_row(self, attributes: bytes) -> None:
        found = _REFERENCE.search(attributes)
        self._row = int(found[2]) if found else self._row + 1
        self._column = 0

    def _take_cell(self, attributes: bytes, *, empty: bool) -> None:
        found = _REFERENCE.search(attributes)
        self._column = _column_number(found[1]) if found and found[1] else self._column + 1
        if empty:
            return  # formatted but empty: readers skip it
        row = int(found[2]) if found and found[1] else self._row
        self._first_row = min(self._first_row or row, row)
        self._rows, self._columns = max(self._rows, row), max(self._columns, self._column)
        cells = (self._rows - self._first_row + 1) * self._columns
        if cells > self._limits.sheet_cells:
            raise FileTooLarge(
                file=self._name,
                what="cells in a sheet 工作表单元格数",
                size=cells,
                limit=self._limits.sheet_cells,
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number
