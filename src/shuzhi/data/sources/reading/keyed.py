"""Records with named values (JSON, XML): the columns are the union of all names, found in a first pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shuzhi.data.sources.reading.errors import FileTooLarge
from shuzhi.data.sources.reading.json_records import Flat
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.types import Limits, SourceRow, TableReader


@dataclass(frozen=True)
class Keyed:
    """One record: its number, and its cells by name; None where it can't be read, with its text in `raw` and why."""

    number: int
    cells: Flat | None
    raw: str = ""
    problem: Problem | None = None


class Columns:
    """Names in the order in which they are first seen, no more than allowed."""

    def __init__(self, limits: Limits, file: str, enough: int | None = None) -> None:
        self._limit, self._file, self._enough = limits.columns, file, enough
        self.names: dict[str, None] = {}

    @property
    def is_over(self) -> bool:
        """More names than `enough`: the caller will try another way."""
        return self._enough is not None and len(self.names) > self._enough

    def take(self, cells: Flat) -> None:
        """Add the names of one record.

        Raises:
            FileTooLarge: more columns than allowed.
        """
        if cells.keys() <= self.names.keys():
            return
        self.names.update(dict.fromkeys(cells))
        if not self.is_over and len(self.names) > self._limit:
            raise FileTooLarge(file=self._file, what="columns 列数", size=len(self.names), limit=self._limit)


def keyed_reader(
    *,
    format: str,  # noqa: A002  (the reader's own word)
    encoding: str | None,
    columns: tuple[str, ...],
    records: Callable[[], Iterator[Keyed]],
    limits: Limits,
    table: str | None = None,
    tables: tuple[str, ...] = (),
) -> TableReader:
    """A reader whose rows are the records' cells in the columns' order."""
    return TableReader(
        format=format,
        columns=columns,
        rows=lambda: (_row(record, columns, limits) for record in records()),
        encoding=encoding,
        table=table,
        tables=tables,
    )


def _row(record: Keyed, columns: tuple[str, ...], limits: Limits) -> SourceRow:
    if record.cells is None:
        problem = record.problem or Problem.of(ProblemCode.BAD_RECORD, record.number)
        return SourceRow(record.number, (record.raw,), problem)
    values = tuple(map(record.cells.get, columns))
    return SourceRow(record.number, values, _problem(record.number, columns, values, limits))


def _problem(
    number: int, columns: tuple[str, ...], values: tuple[str | None, ...], limits: Limits
) -> Problem | None:
    for column, value in zip(columns, values, strict=True):
        if value is None:
            continue
        if "\0" in value:
            return Problem.of(ProblemCode.NUL_BYTE, number, column)
        if len(value) > limits.cell_characters and value[:1] not in "{[":
            facts = {"found": len(value), "limit": limits.cell_characters}
            return Problem.of(ProblemCode.CELL_TOO_LONG, number, column, **facts)
    return None
