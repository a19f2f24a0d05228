"""Reading the lake: what a data set says now, what a batch brought, and in which order batches came."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shuzhi.foundation.lake import catalog
from shuzhi.foundation.lake.engine import open_duckdb
from shuzhi.foundation.lake.types import FULL, SYSTEM_COLUMNS, UPSERT, LakeBatch


def history(dataset: str) -> list[LakeBatch]:
    """Every batch in the lake, in the order in which it was received (not by any clock)."""
    table = catalog.load_table(dataset)
    return _batches(table, dataset) if table is not None else []


def find_batch(dataset: str, batch: str) -> LakeBatch | None:
    """One appended batch, or None when it is not in."""
    table = catalog.load_table(dataset)
    return found_in(table, dataset, batch) if table is not None else None


def found_in(table: Any, dataset: str, batch: str) -> LakeBatch | None:
    """The same, in a table already loaded."""
    return next((found for found in _batches(table, dataset) if found.batch == batch), None)


def current(dataset: str, *, columns: Sequence[str] | None = None, until: int | None = None) -> Any:
    """What the data set says now, as an Arrow table; `until` is the batch sequence to look back to."""
    with open_duckdb() as connection:
        rows = current_rows(connection, dataset, until=until)
        return (rows.select(*[_quoted(name) for name in columns]) if columns else rows).to_arrow_table()


def rows_of_batch(dataset: str, batch: str) -> Any:
    """The rows that one batch brought, deletions included, as an Arrow table in the order of the file."""
    with open_duckdb() as connection:
        return batch_rows(connection, dataset, batch).to_arrow_table()


def current_rows(connection: Any, dataset: str, *, until: int | None = None) -> Any:
    """What the data set says now, as a DuckDB relation on `connection`: lazy, columns read as needed.

    For every key the latest row since its source's last full batch, unless that row deletes it.
    """
    return _latest(connection, dataset, until).filter(f"_op = '{UPSERT}'").project("* EXCLUDE (_op)")


def former_values(connection: Any, dataset: str, columns: Sequence[str]) -> Any:
    """What was said of these columns at some time and is said by no row now, each once, as a DuckDB relation.

    Columns that the lake does not know are left out.
    """
    table = catalog.load_table(dataset)
    sent = [batch.seq for batch in _batches(table, dataset) if batch.rows] if table is not None else []
    now = current_rows(connection, dataset)
    known = ", ".join(_quoted(name) for name in columns if name in now.columns)
    if len(sent) < 2 or not known:  # noqa: PLR2004 — one batch has nothing before it
        return now.project(known or "*").limit(0)
    ever = _rows(connection, table, sent).filter(f"_op = '{UPSERT}'").project(known).distinct()
    return ever.except_(now.project(known))


def latest_operations(connection: Any, dataset: str) -> Any:
    """The latest row of every key that was ever there, deletions included: tells gone from never seen."""
    return _latest(connection, dataset, None, ever=True)


def batch_rows(connection: Any, dataset: str, batch: str) -> Any:
    """The rows of one batch as a DuckDB relation."""
    table = catalog.load_table(dataset)
    found = found_in(table, dataset, batch) if table is not None else None
    if table is None or found is None or not found.rows:
        return _nothing(connection, table)
    return _rows(connection, table, [found.seq]).filter(f"_seq = {found.seq}").order("_row")


def _latest(connection: Any, dataset: str, until: int | None, *, ever: bool = False) -> Any:
    table = catalog.load_table(dataset)
    if table is None:
        return _nothing(connection, None)
    batches = [found for found in _batches(table, dataset) if until is None or found.seq <= until]
    live = [batch for batch in (batches if ever else _live(batches)) if batch.rows]
    if not live:
        return _nothing(connection, table)
    rows = _rows(connection, table, [batch.seq for batch in live])
    if len(live) == 1 and live[0].mode == FULL:
        return rows  # a full batch holds every key once already
    key = json.loads(table.properties.get("shuzhi.key", "[]")) or ["_hash"]
    by = ", ".join(_quoted(name) for name in key)
    order = "ORDER BY _seq DESC, _row DESC"
    ranked = rows.project(f"*, row_number() OVER (PARTITION BY {by} {order}) AS _place")
    return ranked.filter("_place = 1").project("* EXCLUDE (_place)")


def _live(batches: Sequence[LakeBatch]) -> list[LakeBatch]:
    start: dict[str, int] = {}
    for batch in batches:
        if batch.mode == FULL:
            start[batch.source] = max(batch.seq, start.get(batch.source, 0))
    return [batch for batch in batches if batch.seq >= start.get(batch.source, 0)]


def _batches(table: Any, dataset: str) -> list[LakeBatch]:
    found = []
    for snapshot in table.metadata.snapshots:
        said = snapshot.summary.additional_properties if snapshot.summary else {}
        if "shuzhi.batch" in said:
            found.append(_batch(snapshot, said, dataset))
    return sorted(found, key=lambda batch: batch.seq)


def _batch(snapshot: Any, said: dict[str, str], dataset: str) -> LakeBatch:
    return LakeBatch(
        dataset=dataset,
        batch=said["shuzhi.batch"],
        seq=int(said["shuzhi.seq"]),
        mode=said["shuzhi.mode"],
        source=said.get("shuzhi.source", ""),
        rows=int(said["shuzhi.rows"]),
        snapshot=snapshot.snapshot_id,
        written_at=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
        facts=json.loads(said.get("shuzhi.facts", "{}")),
    )


def _rows(connection: Any, table: Any, seqs: Sequence[int]) -> Any:
    """The rows of these batches. Iceberg's statistics leave out the files of all others."""
    from pyiceberg import expressions

    among: Any = expressions.In  # its type hints know no runtime values
    tasks = table.scan(row_filter=among("_seq", set(seqs))).plan_files()
    paths = sorted(task.file.file_path for task in tasks)
    listed = ", ".join(str(seq) for seq in sorted(set(seqs)))
    columns = ", ".join(_quoted(name) for name in _ordered(table))
    return _scan(connection, table, paths).filter(f"_seq IN ({listed})").project(columns)


def _scan(connection: Any, table: Any, paths: Sequence[str]) -> Any:
    local = [path.removeprefix("file://") for path in paths if path.startswith(("file:", "/"))]
    empty = connection.from_arrow(_empty(table))
    if len(local) == len(paths):
        # The empty table has every column of today: files of an earlier schema gain theirs as NULL.
        whole = connection.read_parquet(local, union_by_name=True)
        missing = [field for field in _empty(table).schema if field.name not in whole.columns]
        added = "".join(
            f", CAST(NULL AS {_sql_type(empty, field.name)}) AS {_quoted(field.name)}" for field in missing
        )
        return whole.project(f"*{added}")
    return connection.from_arrow(_object_store_files(table, paths))


def _object_store_files(table: Any, paths: Sequence[str]) -> Any:
    import pyarrow.dataset as ds

    parsed = [table.io.parse_location(path) for path in paths]
    files = table.io.fs_by_scheme(parsed[0][0], parsed[0][1])
    return ds.dataset(
        [path for _, _, path in parsed], schema=_empty(table).schema, filesystem=files, format="parquet"
    )


def _sql_type(relation: Any, name: str) -> str:
    return str(relation.types[relation.columns.index(name)])


def _empty(table: Any) -> Any:
    import pyarrow as pa
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    schema = schema_to_pyarrow(table.schema(), include_field_ids=False)
    kinds = [(field.name, pa.string() if field.type == pa.large_string() else field.type) for field in schema]
    return pa.schema(kinds).empty_table()


def _nothing(connection: Any, table: Any) -> Any:
    import pyarrow as pa

    from shuzhi.foundation.lake.types import SYSTEM_FIELDS

    return connection.from_arrow(
        _empty(table) if table is not None else pa.schema(SYSTEM_FIELDS).empty_table()
    )


def _ordered(table: Any) -> list[str]:
    names = list(table.schema().column_names)
    return [*(name for name in names if name not in SYSTEM_COLUMNS), *SYSTEM_COLUMNS]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
