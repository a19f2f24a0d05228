"""Parquet: row group by row group, values as text in their ISO forms."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.errors import FileTooLarge, UnreadableFile
from shuzhi.data.sources.reading.json_records import NESTED_LEVELS, Flat
from shuzhi.data.sources.reading.keyed import Keyed, keyed_reader
from shuzhi.data.sources.reading.types import Limits, TableReader
from shuzhi.data.sources.reading.workbooks import number_text

ROWS_AT_ONCE = 2_000


def parquet_reader(path: Path, limits: Limits, name: str, resources: ExitStack) -> TableReader:
    """The file's rows.

    Raises:
        UnreadableFile: damaged, or no Parquet.
        FileTooLarge: a row group would not fit in memory.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = resources.enter_context(parquet.ParquetFile(path))
        metadata = file.metadata
        columns = tuple(_names(file.schema_arrow))
        sizes = [metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise _broken(name, error) from error
    _check(sizes, len(columns), limits, name)
    return keyed_reader(
        format="parquet",
        encoding=None,
        columns=columns,
        records=lambda: _records(file, name),
        limits=limits,
    )


def _names(fields: Iterable[Any], prefix: str = "", levels: int = NESTED_LEVELS) -> Iterator[str]:
    """Columns; what a structure holds becomes columns of its own, as in JSON."""
    import pyarrow as pa

    for field in fields:
        if pa.types.is_struct(field.type) and field.type.num_fields and levels > 1:
            yield from _names(field.type, f"{prefix}{field.name}.", levels - 1)
        else:
            yield prefix + field.name


def _flat(row: dict[str, Any], structs: set[str]) -> Flat:
    flat: Flat = {}
    for name, value in row.items():
        if name in structs:
            _spread(value, name, flat, NESTED_LEVELS - 1)
        else:
            flat[name] = _text(value)
    return flat


def _spread(value: Any, name: str, flat: Flat, levels: int) -> None:
    if isinstance(value, dict) and value and levels > 0:
        for key, inner in value.items():
            _spread(inner, f"{name}.{key}", flat, levels - 1)
    elif value is not None:
        flat[name] = _text(value)


def _text(value: Any) -> str | None:
    """330102.0 is the code 330102: a column of numbers with gaps is often stored as floats."""
    return number_text(value) if isinstance(value, float) else value_text(value)


def _check(sizes: list[int], columns: int, limits: Limits, name: str) -> None:
    largest = max(sizes, default=0)
    if largest > limits.archive_bytes:
        raise FileTooLarge(file=name, what="row group", size=largest, limit=limits.archive_bytes)
    if columns > limits.columns:
        raise FileTooLarge(file=name, what="columns 列数", size=columns, limit=limits.columns)


def _records(file: Any, name: str) -> Iterator[Keyed]:
    import pyarrow as pa

    number = 0
    structs = {one.name for one in file.schema_arrow if pa.types.is_struct(one.type)}
    try:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            for row in batch.to_pylist():
                number += 1
                yield Keyed(number, _flat(row, structs))
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(file=name, format="Parquet", reason=str(error)[:200] or type(error).__name__)


def value_text(value: Any) -> str | None:
    """A database value as text: days in ISO 8601, bytes in hexadecimal, lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return repr(value) if isinstance(value, float) else str(value)
