"""First pass (初读): a file's rows become typed columns in a staging file, unfit rows go to quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources.binding import Binding, BoundField
from shuzhi.data.sources.cells import Cell, CellReader
from shuzhi.data.sources.lake_schema import arrays, lake_schema
from shuzhi.data.sources.progress import Meter
from shuzhi.data.sources.quarantine import Quarantine
from shuzhi.data.sources.reasons import reason_words
from shuzhi.foundation.words import Words

if TYPE_CHECKING:
    from shuzhi.data.sources.reading import SourceRow

ROWS_AT_ONCE = 20_000


@dataclass
class Staged:
    """A staging file and what its making counted."""

    file: Path
    received: int = 0
    quarantined: int = 0


def staging_schema(declared: DataSetDeclaration) -> Any:
    """The data set's columns, and a row's number, content hash and repaired fields."""
    import pyarrow as pa

    extra = [("_row", pa.int64()), ("_hash", pa.string()), ("_repaired", pa.string())]
    return pa.schema([*lake_schema(declared), *extra])


def stage_rows(
    rows: Iterable[SourceRow],
    *,
    binding: Binding,
    declared: DataSetDeclaration,
    quarantine: Quarantine,
    into: Path,
    meter: Meter,
) -> Staged:
    """Read all rows once, in pieces, so that memory does not grow with the file."""
    import pyarrow.parquet as pq

    staged, pass_ = Staged(file=into), _Pass(binding, declared, quarantine)
    with pq.ParquetWriter(into, staging_schema(declared), compression="lz4") as writer:
        for piece in _pieces(meter.counted(rows)):
            staged.received += len(piece)
            fit, unfit = pass_.read(piece)
            staged.quarantined += unfit
            meter.note(quarantined=staged.quarantined)
            writer.write_batch(fit)
    quarantine.flush()
    return staged


def _pieces(rows: Iterable[SourceRow]) -> Iterator[list[SourceRow]]:
    remaining = iter(rows)
    while piece := list(islice(remaining, ROWS_AT_ONCE)):
        yield piece


class _Pass:
    """Reads pieces of a file column by column."""

    def __init__(self, binding: Binding, declared: DataSetDeclaration, quarantine: Quarantine) -> None:
        self._binding = binding
        self._schema = staging_schema(declared)
        self._declared = declared
        self._quarantine = quarantine
        self._readers = {
            bound.field.id: CellReader(bound.field, required=bound.required) for bound in binding.fields
        }

    def read(self, piece: list[SourceRow]) -> tuple[Any, int]:
        """The fit rows as a record batch, and how many were not."""
        whole = [row for row in piece if not self._is_broken(row)]
        columns = {bound.field.id: self._cells(bound, whole) for bound in self._binding.fields}
        unfit = self._note_unfit(whole, columns)
        keep = [place for place in range(len(whole)) if place not in unfit]
        if unfit:
            columns = {name: [cells[place] for place in keep] for name, cells in columns.items()}
        numbers = [whole[place].number for place in keep]
        return self._record_batch(columns, numbers), len(piece) - len(keep)

    def _is_broken(self, row: SourceRow) -> bool:
        problem = row.problem
        if problem is not None and problem.code.breaks_row:
            words = Words(zh=problem.message_zh, en=problem.message)
            self._quarantine.add_row(
                row=row.number, reason=str(problem.code), words=words, column=problem.column
            )
            return True
        if len(row.values) != self._binding.width:
            self._quarantine.add_row(row=row.number, reason="ragged_row", words=reason_words("ragged_row"))
            return True
        return False

    def _cells(self, bound: BoundField, rows: Sequence[SourceRow]) -> list[Cell]:
        read, place = self._readers[bound.field.id], bound.position
        if place is None:
            return [read(None)] * len(rows)
        return [read(row.values[place]) for row in rows]

    def _note_unfit(self, rows: Sequence[SourceRow], columns: dict[str, list[Cell]]) -> set[int]:
        unfit: set[int] = set()
        for bound in self._binding.fields:
            for place, cell in enumerate(columns[bound.field.id]):
                if cell.unfit is not None:
                    unfit.add(place)
                    self._note(rows[place], bound, cell.unfit)
        return unfit

    def _note(self, row: SourceRow, bound: BoundField, reason: str) -> None:
        value = row.values[bound.position] if bound.position is not None else None
        self._quarantine.add_cell(
            row=row.number, column=bound.column, field=bound.field, value=value, reason=reason
        )

    def _record_batch(self, columns: dict[str, list[Cell]], numbers: list[int]) -> Any:
        import pyarrow as pa

        absent = [Cell()] * len(numbers)
        found: list[Any] = []
        for declared in self._declared.fields:
            found += arrays(declared, columns.get(declared.id, absent))
        found.append(pa.array(numbers, pa.int64()))
        found.append(pa.array(_hashes(list(columns.values()), len(numbers)), pa.string()))
        found.append(pa.array(_repaired(columns, len(numbers)), pa.string()))
        return pa.RecordBatch.from_arrays(found, schema=self._schema)


def _hashes(columns: Sequence[Sequence[Cell]], count: int) -> list[str]:
    """A hash of each row's content after reading. Empty fields do not count, so a new field changes none."""
    written = [[cell.written for cell in cells] for cells in columns]
    rows = zip(*written, strict=True) if written else iter([()] * count)
    return [_hash("\x1f".join(filter(None, row))) for row in rows]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _repaired(columns: dict[str, list[Cell]], count: int) -> list[str | None]:
    found: list[str | None] = [None] * count
    for name, cells in columns.items():
        for place, cell in enumerate(cells):
            if cell.repaired:
                found[place] = f"{found[place]},{name}" if found[place] else name
    return found
