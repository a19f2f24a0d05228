"""Appending a batch: one Parquet file, one snapshot that names the batch, or nothing at all."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from shuzhi.foundation.lake import catalog
from shuzhi.foundation.lake.errors import LakeFull, SchemaCannotChange
from shuzhi.foundation.lake.reading import find_batch, found_in
from shuzhi.foundation.lake.types import SYSTEM_FIELDS

MOST_COMMITS = 20
ROWS_A_GROUP = 122_880


def append(
    *,
    dataset: str,
    batch: str,
    seq: int,
    mode: str,
    rows: Iterator[Any],
    schema: Any,
    key: Sequence[str] = (),
    source: str = "",
    facts: Callable[[], Mapping[str, Any]] = dict,
) -> int:
    """Append a batch and return how many rows it has; appending it again changes nothing.

    `schema` is the Arrow schema of the data set's own columns. Each record batch of `rows` has them and
    `_row`, `_op`, `_hash`, `_repaired`; `_batch` and `_seq` are filled in here. `facts` is asked after the last
    row and kept with the snapshot, so that a receipt can be written again after a kill.

    Raises:
        SchemaCannotChange: the table holds a column in a type that can't become the declared one.
        LakeFull: no space; nothing was appended.
    """
    earlier = find_batch(dataset, batch)
    if earlier is not None:
        return earlier.rows
    table = _table_for(dataset, schema)
    _remove_attempts(table, batch)
    path = f"{table.location()}/data/{_prefix(batch)}{uuid4().hex[:8]}.parquet"
    with _room(table):
        count = _write(table, path, _filled(rows, schema, batch, seq))
    properties = {
        "shuzhi.batch": batch,
        "shuzhi.seq": str(seq),
        "shuzhi.mode": mode,
        "shuzhi.source": source,
        "shuzhi.rows": str(count),
        "shuzhi.facts": json.dumps(dict(facts()), ensure_ascii=False),
    }
    return _commit(dataset, path if count else None, properties, key)


def _table_for(dataset: str, schema: Any) -> Any:
    import pyarrow as pa

    table = catalog.create_table(dataset, _full_schema(schema))
    known = set(table.schema().column_names)
    try:
        if missing := [field for field in _full_schema(schema) if field.name not in known]:
            with table.update_schema() as update:
                update.union_by_name(pa.schema(missing))
        _refuse_other_types(table, schema)
    except (ValueError, TypeError) as error:
        raise SchemaCannotChange(dataset=dataset, reason=error) from error
    return table


def _refuse_other_types(table: Any, schema: Any) -> None:
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    held = schema_to_pyarrow(table.schema(), include_field_ids=False)
    for field in schema:
        there = held.field(field.name).type
        # Iceberg's texts come back as large strings, which is the same to a reader.
        if str(there).removeprefix("large_") != str(field.type):
            message = f"{field.name}: {there} ≠ {field.type}"
            raise TypeError(message)


def _full_schema(schema: Any) -> Any:
    import pyarrow as pa

    return pa.schema([*schema, *SYSTEM_FIELDS])


def _filled(rows: Iterator[Any], schema: Any, batch: str, seq: int) -> Iterator[Any]:
    import pyarrow as pa

    whole = _full_schema(schema)
    for part in rows:
        given = {name: part.column(name) for name in part.schema.names}
        given["_batch"] = pa.repeat(pa.scalar(batch), len(part))
        given["_seq"] = pa.repeat(pa.scalar(seq, pa.int64()), len(part))
        arrays = [given[field.name].cast(field.type) for field in whole]
        yield pa.RecordBatch.from_arrays(arrays, schema=whole)


def _write(table: Any, path: str, rows: Iterator[Any]) -> int:
    import pyarrow.parquet as pq

    count, writer = 0, None
    with table.io.new_output(path).create(overwrite=True) as out:
        try:
            for part in rows:
                writer = writer or pq.ParquetWriter(out, part.schema, compression="zstd")
                writer.write_batch(part, row_group_size=ROWS_A_GROUP)
                count += len(part)
        finally:
            if writer is not None:
                writer.close()
    return count


def _commit(dataset: str, path: str | None, properties: dict[str, str], key: Sequence[str]) -> int:
    """Commit against the newest state, again when another batch came in between, never twice."""
    from pyiceberg.exceptions import CommitFailedException

    for attempt in range(1, MOST_COMMITS + 1):
        table = catalog.load_table(dataset)
        assert table is not None
        earlier = found_in(table, dataset, properties["shuzhi.batch"])
        if earlier is not None:
            return earlier.rows
        try:
            with catalog.reaching(), table.transaction() as transaction:
                _stage(transaction, path, properties, key)
        except CommitFailedException:
            if attempt == MOST_COMMITS:
                raise
        else:
            break
    return int(properties["shuzhi.rows"])


def _stage(transaction: Any, path: str | None, properties: dict[str, str], key: Sequence[str]) -> None:
    wanted = json.dumps(list(key))
    if transaction.table_metadata.properties.get("shuzhi.key") != wanted:
        transaction.set_properties({"shuzhi.key": wanted})
    if path is not None:
        # The path is new by its name: looking for it in every manifest would only cost time.
        transaction.add_files([path], snapshot_properties=properties, check_duplicate_files=False)
        return
    # A batch of which no row was taken still counts: a full one empties what its source said.
    with transaction.update_snapshot(snapshot_properties=properties).fast_append():
        pass


def _prefix(batch: str) -> str:
    return f"{batch}--"


def _remove_attempts(table: Any, batch: str) -> None:
    """Delete what an earlier attempt wrote and did not commit: nothing refers to it."""
    from pyarrow.fs import FileSelector, FileType

    files, folder = _file_system(table)
    for entry in files.get_file_info(FileSelector(f"{folder}/data", allow_not_found=True)):
        if entry.type == FileType.File and entry.base_name.startswith(_prefix(batch)):
            files.delete_file(entry.path)


def _file_system(table: Any) -> tuple[Any, str]:
    scheme, netloc, path = table.io.parse_location(table.location())
    return table.io.fs_by_scheme(scheme, netloc), path


class _room:  # noqa: N801 - reads as a statement: `with _room(table):`
    def __init__(self, table: Any) -> None:
        self.place = table.location()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise LakeFull(place=self.place) from error
