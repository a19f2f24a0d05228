"""The largest table of an HTML page: many systems' “Excel export” is one, named .xls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.encodings import lines
from shuzhi.data.sources.reading.errors import FileTooLarge, UnknownFormat, UnreadableFile
from shuzhi.data.sources.reading.grid import Grid, Merge, Record
from shuzhi.data.sources.reading.types import Limits

SPAN_LIMIT = 1_000


def html_grid(path: Path, encoding: str, limits: Limits, name: str) -> Grid:
    """The rows of the table that has the most of them.

    Raises:
        UnknownFormat: no table in the page.
        FileTooLarge: the page is larger than a page can be.
    """
    from lxml import etree, html

    if path.stat().st_size > limits.document_bytes:
        size, limit = path.stat().st_size, limits.document_bytes
        raise FileTooLarge(file=name, what="HTML", size=size, limit=limit)
    text = "".join(line.text for line in lines(path, encoding, limits.line_characters))
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(file=name, format="HTML", reason=str(error)[:200]) from error
    tables = list(page.iter("table"))
    if not tables:
        raise UnknownFormat(file=name)
    rows = max((list(table.iter("tr")) for table in tables), key=len)
    records, merges = _records(rows, limits, name)
    return Grid(format="html", encoding=encoding, records=iter(records), merges=tuple(merges), padded=True)


def _records(rows: list[Any], limits: Limits, name: str) -> tuple[list[Record], list[Merge]]:
    records: list[Record] = []
    merges: list[Merge] = []
    # By column, the last row that a cell from above reaches down to. Never the area itself, which a few bytes
    # can make as large as they like.
    reached: list[int] = []
    size = 0
    for number, row in enumerate(rows, 1):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while len(cells) < len(reached) and reached[len(cells)] >= number:
                cells.append("")
            if len(cells) >= limits.columns:
                break
            at = len(cells)
            across = min(_span(cell, "colspan"), limits.columns - at)
            down = _span(cell, "rowspan")
            if across > 1 or down > 1:
                merges.append(Merge(number, at, number + down - 1, at + across - 1))
            if down > 1:
                reached += [0] * (at + across - len(reached))
                reached[at : at + across] = [max(one, number + down - 1) for one in reached[at : at + across]]
            cells += [_text(cell), *[""] * (across - 1)]
        records.append(Record(number, cells or [""]))
        if (size := size + len(cells)) > limits.sheet_cells:
            raise FileTooLarge(file=name, what="HTML", size=size, limit=limits.sheet_cells)
    return records, merges


def _span(cell: Any, name: str) -> int:
    written = (cell.get(name) or "1").strip()
    return min(max(int(written), 1), SPAN_LIMIT) if written.isdigit() and len(written) < 7 else 1  # noqa: PLR2004


def _text(cell: Any) -> str:
    return " ".join("".join(cell.itertext()).replace("\xa0", " ").split())
