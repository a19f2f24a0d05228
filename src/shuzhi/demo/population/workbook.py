"""A workbook as a department keeps it: titles over the table, a header of two rows with merged cells.

Written by hand rather than with openpyxl: it streams a million rows in flat memory and stamps no time of writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from shuzhi.demo.population.writers import Cell, ZippedFile

ROWS_LIMIT = 1_048_576
"""Rows that a sheet can hold."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = date(1899, 12, 30)
_FLUSH = 500

_TYPES = f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>\
</Types>"""
_ROOT = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
_LINKS = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>"""
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}">\
<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


class WorkbookWriter:
    """One sheet: title rows merged over the table, then group captions over column captions, then rows.

    `groups` are (caption, columns); a group without a caption has each of its columns merged down both header rows.
    """

    def __init__(
        self, path: Path, *, sheet: str, titles: Sequence[str], groups: Sequence[tuple[str, Sequence[str]]]
    ) -> None:
        self._zip = ZippedFile(path)
        self._zip.add("[Content_Types].xml", _TYPES)
        self._zip.add("_rels/.rels", _ROOT)
        self._zip.add("xl/workbook.xml", _workbook(sheet))
        self._zip.add("xl/_rels/workbook.xml.rels", _LINKS)
        self._zip.add("xl/styles.xml", _STYLES)
        self._member = self._zip.open("xl/worksheets/sheet1.xml")
        self._pending = [f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>']
        self._row = 0
        self._merged = self._write_head(titles, groups)
        self.header_rows = self._row

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row; days become date cells, whole numbers numbers."""
        self._row += 1
        body = "".join(_cell(cell, f"{_letter(place)}{self._row}") for place, cell in enumerate(cells))
        self._pending.append(f'<row r="{self._row}">{body}</row>')
        if len(self._pending) >= _FLUSH:
            self._flush()

    def close(self) -> None:
        """Write the merged ranges and finish the file."""
        ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in self._merged)
        self._pending.append(
            f'</sheetData><mergeCells count="{len(self._merged)}">{ranges}</mergeCells></worksheet>'
        )
        self._flush()
        self._member.close()
        self._zip.close()

    def _write_head(self, titles: Sequence[str], groups: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        captions = [(group, column) for group, columns in groups for column in columns]
        last = _letter(len(captions) - 1)
        for title in titles:
            self.write([title])
        top = self._row + 1
        starts = [(group, columns[0]) for group, columns in groups]
        self.write([None if pair[0] and pair not in starts else pair[0] or pair[1] for pair in captions])
        self.write([column if group else None for group, column in captions])
        merged = [f"A{row}:{last}{row}" for row in range(1, top)]
        first = 0
        for group, columns in groups:
            end = first + len(columns)
            if group:
                merged.append(f"{_letter(first)}{top}:{_letter(end - 1)}{top}")
            else:
                merged += [f"{_letter(place)}{top}:{_letter(place)}{top + 1}" for place in range(first, end)]
            first = end
        return merged

    def _flush(self) -> None:
        self._member.write("".join(self._pending).encode())
        self._pending.clear()


def _workbook(sheet: str) -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _letter(place: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]


def _cell(cell: Cell, reference: str) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date):
        return f'<c r="{reference}" s="1"><v>{(cell - _EPOCH).days}</v></c>'
    if isinstance(cell, int):
        return f'<c r="{reference}"><v>{cell}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
