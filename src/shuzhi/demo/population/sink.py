"""One extract being written: its rows, their truth, and the counts for the manifest."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import ExtractFile, Fact
from shuzhi.demo.population.writers import Cell, Writer

_HELD_BACK = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """What an extract is called and how it is written."""

    extract: str
    path: str
    format: str
    encoding: str = "utf-8"


class Sink:
    """Takes rows with their facts; repeated rows are held back, so that they don't follow their originals."""

    def __init__(self, shape: Shape, writer: Writer, truth: TruthWriter) -> None:
        self.shape = shape
        self._writer, self._truth = writer, truth
        self._rows = self._blocking = 0
        self._errors: Counter[str] = Counter()
        self._late: deque[tuple[Sequence[Cell], Fact]] = deque()

    def add(self, cells: Sequence[Cell], fact: Fact) -> int:
        """Write one row and its truth; answers its number, counted from 1 without header rows."""
        self._rows += 1
        self._blocking += fact.blocking
        self._errors.update(fact.errors)
        self._writer.write(cells)
        self._truth.add(self.shape.extract, self._rows, fact)
        own = self._rows
        if len(self._late) > _HELD_BACK:
            self.add(*self._late.popleft())
        return own

    def repeat_later(self, cells: Sequence[Cell], fact: Fact, *, row: int, error: str) -> None:
        """Say row number `row` again further down, as a duplicate."""
        self._late.append((cells, replace(fact, errors=(*fact.errors, error), repeats=row)))

    def close(self, folder: Path) -> ExtractFile:
        """Write what was held back, finish the file, and describe it."""
        while self._late:
            self.add(*self._late.popleft())
        self._writer.close()
        path = folder / self.shape.path
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return ExtractFile(
            path=self.shape.path,
            extract=self.shape.extract,
            format=self.shape.format,
            encoding=self.shape.encoding,
            rows=self._rows,
            header_rows=self._writer.header_rows,
            blocking=self._blocking,
            size=path.stat().st_size,
            sha256=digest,
            errors=dict(sorted(self._errors.items())),
        )
