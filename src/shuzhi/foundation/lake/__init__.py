"""Lake (数据湖): collected history as append-only Iceberg tables, one a data set, read by DuckDB.

A batch is appended once, whatever happens: its id stands in the snapshot that holds its rows. What a data
set says now is derived: the latest row of every key since each source's last full batch.
"""

from shuzhi.foundation.lake.catalog import close, has_table, prepare
from shuzhi.foundation.lake.engine import open_duckdb
from shuzhi.foundation.lake.errors import LakeFull, LakeUnreachable, SchemaCannotChange
from shuzhi.foundation.lake.reading import (
    batch_rows,
    current,
    current_rows,
    find_batch,
    former_values,
    history,
    latest_operations,
    rows_of_batch,
)
from shuzhi.foundation.lake.types import SYSTEM_COLUMNS, SYSTEM_FIELDS, LakeBatch
from shuzhi.foundation.lake.writing import append

__all__ = [
    "SYSTEM_COLUMNS",
    "SYSTEM_FIELDS",
    "LakeBatch",
    "LakeFull",
    "LakeUnreachable",
    "SchemaCannotChange",
    "append",
    "batch_rows",
    "close",
    "current",
    "current_rows",
    "find_batch",
    "former_values",
    "has_table",
    "history",
    "latest_operations",
    "open_duckdb",
    "prepare",
    "rows_of_batch",
]
