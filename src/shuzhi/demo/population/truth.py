"""What is true of every row, kept beside the extracts: the measure of matching and of error detection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from shuzhi.demo.population.types import Fact

COLUMNS = ("extract", "row", "entity", "key", "op", "others", "errors", "blocking", "repeats")
_BATCH = 20_000


class TruthWriter:
    """Streams facts into `truth.parquet`: one record for each row of each extract; rows count from 1."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        texts = pa.list_(pa.string())
        types = (pa.string(), pa.int64(), pa.string(), pa.string(), pa.string(), texts, texts, pa.bool_(), pa.int64())
        self._schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Sequence[object]] = []

    def __enter__(self) -> Self:
        """Nothing to open: the file is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._flush()
        self._file.close()

    def add(self, extract: str, row: int, fact: Fact) -> None:
        """Note the truth of one row."""
        self._rows.append(
            (extract, row, fact.entity, fact.key, fact.op, fact.others, fact.errors, fact.blocking, fact.repeats)
        )
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(list(c), f.type) for c, f in zip(columns, self._schema, strict=True)]
            self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self._rows.clear()
