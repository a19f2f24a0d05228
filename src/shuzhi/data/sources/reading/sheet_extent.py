"""How large a sheet will become in memory, from its XML alone.

A sheet with one cell at A1 and one at XFD1048576 is a few bytes on disk and seventeen thousand million cells in
a reader. The box that the filled cells span is measured here, before any reader sees the file.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from shuzhi.data.sources.reading.archives import damage_named
from shuzhi.data.sources.reading.errors import FileTooLarge
from shuzhi.data.sources.reading.problems import Problem, ProblemCode, ProblemLog
from shuzhi.data.sources.reading.types import Limits

CHUNK = 1024 * 1024
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*)>(\s*</(?:\w+:)?c\s*>)?")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]*)(\d+)[\"']")
_LONGEST_TAG, _LONGEST_CELL = 4096, 65_536
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f\s*>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c\s*>"
)
LISTED = 100


@dataclass
class SheetFindings:
    """Cells of one sheet that a reader gives out as empty although something stands in them."""

    cells: dict[ProblemCode, list[tuple[int, str]]] = field(default_factory=dict)
    counts: Counter[ProblemCode] = field(default_factory=Counter)

    def add(self, code: ProblemCode, attributes: bytes) -> None:
        """Count a cell and keep the first of each kind."""
        found = _REFERENCE.search(attributes)
        self.counts[code] += 1
        kept = self.cells.setdefault(code, [])
        if found and len(kept) < LISTED:
            kept.append((int(found[2]), (found[1] + found[2]).decode()))

    def report(self, log: ProblemLog) -> None:
        """Say them."""
        listed = (Problem.of(code, row, cell=cell) for code, kept in self.cells.items() for row, cell in kept)
        log.add_many(listed, self.counts)


def check_extent(path: Path, limits: Limits, name: str) -> dict[str, SheetFindings]:
    """Refuse a workbook one of whose sheets spans more cells than allowed; what else was seen, by sheet.

    Raises:
        FileTooLarge: with the number of cells found.
    """
    found: dict[str, SheetFindings] = {}
    with damage_named(name), zipfile.ZipFile(path) as archive:
        titles = sheet_titles(archive)
        for entry in archive.namelist():
            if "worksheets/" in entry and entry.lower().endswith(".xml"):
                extent = _Extent(limits, name)
                with archive.open(entry) as file:
                    rest = b""
                    while chunk := file.read(CHUNK):
                        rest = extent.feed(rest + chunk)
                extent.look(rest)
                found[titles.get(entry, entry)] = extent.findings
    return found


def sheet_titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """The sheets' titles by their entries; empty where the workbook does not say it the usual way."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    except (KeyError, etree.XMLSyntaxError):
        return {}
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    titles = {}
    for sheet in book.iter("{*}sheet"):
        relation = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        target = targets.get(relation, "")
        titles[target.removeprefix("/") if target.startswith("/") else "xl/" + target] = sheet.get("name", "")
    return titles


class _Extent:
    """Follows rows and cells the way a reader does: by reference where given, else by counting."""

    def __init__(self, limits: Limits, name: str) -> None:
        self._limits, self._name = limits, name
        self._row = self._column = self._rows = self._columns = 0
        self._first_row: int | None = None
        self._held = b""
        self.findings = SheetFindings()

    def feed(self, data: bytes) -> bytes:
        end = 0
        for match in _TAG.finditer(data):
            end = match.end()
            if match[1] == b"row":
                self._start_row(match[2])
            else:
                self._take_cell(match[2], empty=match[2].endswith(b"/") or match[3] is not None)
        cut = max(end, len(data) - _LONGEST_TAG)
        self.look(data[:cut])
        return data[cut:]

    def look(self, data: bytes) -> None:
        """Formulas that were never calculated. Pieces come in order and without overlap."""
        if not self._held and b"<f" not in data and b":f" not in data:
            return
        text, done = self._held + data, 0
        for match in _NO_VALUE.finditer(text):
            done = match.end()
            self.findings.add(ProblemCode.FORMULA_NO_VALUE, match[1])
        started = text.rfind(b"<c", done)
        self._held = text[max(done, started, len(text) - _LONGEST_CELL) :] if started >= 0 else b""

    def _start_row(self, attributes: bytes) -> None:
        found = _REFERENCE.search(attributes)
        self._row = int(found[2]) if found else self._row + 1
        self._column = 0

    def _take_cell(self, attributes: bytes, *, empty: bool) -> None:
        found = _REFERENCE.search(attributes)
        self._column = _column_number(found[1]) if found and found[1] else self._column + 1
        if empty:
            return  # formatted but empty: readers skip it
        if b't="e"' in attributes:
            self.findings.add(ProblemCode.ERROR_VALUE, attributes)
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
