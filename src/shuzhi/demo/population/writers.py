"""Files as departments hand them in. Every writer streams, and the same rows give the same bytes."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, Protocol
from xml.sax.saxutils import escape

Cell = str | int | date | None
_BATCH = 5_000


class Unquoted(str):
    """Text that a careless export writes without quotes, whatever it contains."""

    __slots__ = ()


class Writer(Protocol):
    """Takes rows in the order of its columns."""

    header_rows: int

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row."""

    def close(self) -> None:
        """Finish the file."""


class DelimitedWriter:
    """CSV or TSV with a title line above the header, in any encoding, with CRLF or LF."""

    header_rows = 2

    def __init__(
        self, path: Path, *, title: str, columns: Sequence[str], encoding: str, delimiter: str, newline: str
    ) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._delimiter, self._newline = delimiter, newline
        self._file.write(title + newline)
        self.write(columns)

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one line; cells with the delimiter or a quote are quoted, unless they are `Unquoted`."""
        self._file.write(self._delimiter.join(map(self._quote, cells)) + self._newline)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _quote(self, cell: Cell) -> str:
        text = "" if cell is None else str(cell)
        if isinstance(cell, Unquoted) or not (self._delimiter in text or '"' in text):
            return text
        return '"' + text.replace('"', '""') + '"'


class JsonLinesWriter:
    """One JSON object a line; a column whose cell is None is left out, as such exports do."""

    header_rows = 0

    def __init__(self, path: Path, *, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._columns = tuple(columns)

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one object."""
        pairs = zip(self._columns, cells, strict=True)
        row = {name: cell for name, cell in pairs if cell is not None}
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XmlWriter:
    """Records as elements with Chinese names; the label is a comment and an attribute."""

    header_rows = 0

    def __init__(self, path: Path, *, title: str, root: str, record: str, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._root, self._record, self._columns = root, record, tuple(columns)
        self._file.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {title} -->\n<{root} 说明="{title}">\n'
        )

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one record; an empty cell is an empty element."""
        pairs = zip(self._columns, cells, strict=True)
        body = "".join(f"<{n}>{escape('' if c is None else str(c))}</{n}>" for n, c in pairs)
        self._file.write(f"  <{self._record}>{body}</{self._record}>\n")

    def close(self) -> None:
        """Close the root and the file."""
        self._file.write(f"</{self._root}>\n")
        self._file.close()


class SqliteWriter:
    """A table of a department's own database, with a second table that says what the first is."""

    header_rows = 0

    def __init__(self, path: Path, *, title: str, table: str, columns: Sequence[str]) -> None:
        path.unlink(missing_ok=True)
        self._base = sqlite3.connect(path)
        self._base.execute("PRAGMA journal_mode = OFF")
        names = ", ".join(columns)
        self._base.execute("CREATE TABLE about (note TEXT)")
        self._base.execute("INSERT INTO about VALUES (?)", (title,))
        self._base.execute(f"CREATE TABLE {table} ({names})")
        marks = ", ".join("?" * len(columns))
        self._insert = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608 - our own names
        self._rows: list[tuple[str | int | None, ...]] = []

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row; days are stored as text, as SQLite does."""
        self._rows.append(tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in cells))
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Commit and close."""
        self._flush()
        self._base.commit()
        self._base.close()

    def _flush(self) -> None:
        self._base.executemany(self._insert, self._rows)
        self._rows.clear()


class ZippedFile:
    """A zip whose members carry one fixed time, so that the same content gives the same bytes."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, name: str, text: str) -> None:
        """A whole member."""
        with self.open(name) as member:
            member.write(text.encode())

    def open(self, name: str) -> IO[bytes]:
        """A member to stream into."""
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        return self._zip.open(info, "w")

    def close(self) -> None:
        """Finish the archive."""
        self._zip.close()
