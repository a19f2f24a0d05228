"""A grid of cells as CSV, workbooks and HTML tables have it: records before anyone knows where the header is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shuzhi.data.sources.reading.problems import Problem, ProblemLog


class Record(NamedTuple):
    """One record as it stands in the file, numbered from 1."""

    number: int
    cells: list[str]
    problem: Problem | None = None


class Merge(NamedTuple):
    """A merged range, rows and columns counted from 1 and 0 (rows as people see them, columns as indexes)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """Records, to be walked once. `padded`: every record has all its cells (workbooks)."""

    format: str
    records: Iterator[Record]
    encoding: str | None = None
    delimiter: str | None = None
    merges: tuple[Merge, ...] = ()
    padded: bool = False
    table: str | None = None
    tables: tuple[str, ...] = ()
    problems: ProblemLog = field(default_factory=ProblemLog)


class Spreading:
    """Cells merged downwards: each row of the range means the value that stands in its first one.

    A row with nothing of its own stays empty: the range only runs over the gap.
    """

    def __init__(self, merges: tuple[Merge, ...], *, below: int) -> None:
        self._tops: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge.left == merge.right and merge.bottom > merge.top > below:
                self._tops.setdefault(merge.top, []).append(merge)
        self._open: dict[int, tuple[int, str]] = {}

    def filled(self, record: Record) -> Record:
        """The record with the values of the ranges it lies in. Records must come in their order."""
        if not self._tops:
            return record
        cells = record.cells
        if not any(cells):
            return record
        for column, (bottom, value) in list(self._open.items()):
            if record.number > bottom:
                del self._open[column]
            elif column < len(cells) and not cells[column]:
                cells = [*cells[:column], value, *cells[column + 1 :]]
        for merge in self._tops.get(record.number, ()):
            if merge.left < len(cells) and cells[merge.left]:
                self._open[merge.left] = (merge.bottom, cells[merge.left])
        return record._replace(cells=cells)
