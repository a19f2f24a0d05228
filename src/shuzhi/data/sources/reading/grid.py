"""A grid of cells as CSV, workbooks and HTML tables have it: records before anyone knows where the header is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shuzhi.data.sources.reading.problems import Problem


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
