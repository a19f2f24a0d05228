"""What reading a file yields: rows, captions, columns and the profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

from shuzhi.data.sources.reading.problems import Problem, ProblemCode, ProblemLog

__all__ = [
    "Caption",
    "Cells",
    "Limits",
    "Note",
    "Problem",
    "ProblemCode",
    "ProblemLog",
    "Profile",
    "ProfileColumn",
    "ReadOptions",
    "SourceRow",
    "TableReader",
]

Cells = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of the machine. Sizes in bytes unless named otherwise."""

    cell_characters: int = 262_144
    line_characters: int = 16 * 1024 * 1024
    quoted_lines: int = 2_000
    columns: int = 4_096
    archive_bytes: int = 1024 * 1024 * 1024
    archive_ratio: int = 200
    archive_entries: int = 10_000
    sheet_cells: int = 20_000_000
    sheet_memory: int = 3 * 1024 * 1024 * 1024
    sheet_seconds: int = 180
    document_bytes: int = 64 * 1024 * 1024
    json_depth: int = 64
    sample_rows: int = 1_000
    sample_characters: int = 16 * 1024 * 1024
    problems_listed: int = 1_000


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person who registers a source may fix by hand; None means: find out."""

    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    limits: Limits = Limits()


class SourceRow(NamedTuple):
    """One data row. `number` is its row in the file as a person counts; broken rows carry their problem."""

    number: int
    values: Cells
    problem: Problem | None = None


@dataclass(slots=True)
class Caption:
    """A group caption between the data (北京市（92所）) and how many rows followed it."""

    row: int
    text: str
    declared: int | None
    counted: int = 0

    def as_dict(self) -> dict[str, object]:
        """The caption as the profile prints it."""
        return {"row": self.row, "text": self.text, "declared": self.declared, "counted": self.counted}


@dataclass(frozen=True, slots=True)
class Note:
    """Text above or below the table that is no data: titles, units, footnotes."""

    row: int
    text: str

    def as_dict(self) -> dict[str, object]:
        """The note as the profile prints it."""
        return {"row": self.row, "text": self.text}


@dataclass
class TableReader:
    """An open table: what is known about it, and its data rows, once, in order.

    `captions`, `notes` and `problems` are complete after the last row. Use as a context manager.
    """

    format: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[SourceRow]]
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    table: str | None = None
    tables: tuple[str, ...] = ()
    sha256: str | None = None
    size: int | None = None
    derived: tuple[str, ...] = ()
    captions: list[Caption] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    problems: ProblemLog = field(default_factory=ProblemLog)
    resources: ExitStack = field(default_factory=ExitStack)
    verify: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files, processes and connections."""
        self.resources.close()

    def __iter__(self) -> Iterator[SourceRow]:
        try:
            yield from self.rows()
            self.verify()
        finally:
            self.close()


@dataclass(frozen=True, slots=True)
class ProfileColumn:
    """What one column holds. `distinct` leaves nulls out; `faults` are filled cells that do not fit type and meaning."""

    name: str
    type: str
    semantic: str | None
    nulls: int
    distinct: int
    distinct_exact: bool
    null_markers: dict[str, int]
    personal_data: bool
    personal_kinds: tuple[str, ...]
    derived: bool
    longest: int
    share: float
    faults: int = 0

    def as_dict(self) -> dict[str, object]:
        """The column as JSON."""
        return {
            "name": self.name,
            "type": self.type,
            "semantic": self.semantic,
            "nulls": self.nulls,
            "distinct": self.distinct,
            "distinct_exact": self.distinct_exact,
            "null_markers": self.null_markers,
            "personal_data": self.personal_data,
            "personal_kinds": list(self.personal_kinds),
            "derived": self.derived,
            "longest": self.longest,
            "semantic_share": self.share,
            "faults": self.faults,
        }


@dataclass(frozen=True, slots=True)
class NearKey:
    """Columns that are a key but for a few rows; `rows` are the first of those that repeat an earlier value."""

    columns: tuple[str, ...]
    repeated: int
    nulls: int
    rows: tuple[int, ...]

    def as_dict(self) -> dict[str, object]:
        """The near key as the profile prints it."""
        return {
            "columns": list(self.columns),
            "repeated": self.repeated,
            "nulls": self.nulls,
            "rows": list(self.rows),
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """What a file is, as `shuzhi sources profile` prints it."""

    format: str
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    columns: tuple[ProfileColumn, ...]
    rows: int
    broken_rows: int
    duplicate_rows: int | None
    candidate_keys: tuple[tuple[str, ...], ...]
    near_keys: tuple[NearKey, ...]
    captions: tuple[Caption, ...]
    notes: tuple[Note, ...]
    table: str | None
    tables: tuple[str, ...]
    problems: tuple[Problem, ...]
    problem_counts: dict[str, int]
    size: int | None
    sha256: str | None

    def as_dict(self) -> dict[str, object]:
        """The profile as JSON."""
        return {
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_row": self.header_row,
            "columns": [column.as_dict() for column in self.columns],
            "rows": self.rows,
            "broken_rows": self.broken_rows,
            "duplicate_rows": self.duplicate_rows,
            "candidate_keys": [list(key) for key in self.candidate_keys],
            "near_keys": [key.as_dict() for key in self.near_keys],
            "captions": [caption.as_dict() for caption in self.captions],
            "notes": [note.as_dict() for note in self.notes],
            "table": self.table,
            "tables": list(self.tables),
            "problems": [problem.as_dict() for problem in self.problems],
            "problem_counts": self.problem_counts,
            "size": self.size,
            "sha256": self.sha256,
        }
