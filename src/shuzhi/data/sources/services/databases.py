"""Collecting from an office's database (数据库归集): its rows are written out, then go the way of every file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from shuzhi.data.sources import keeping, queries
from shuzhi.data.sources.errors import ColumnsMissing, ConnectionNotSet, NotADatabaseSource
from shuzhi.data.sources.services.collecting import collect_batch
from shuzhi.data.sources.services.receiving import place_in_order
from shuzhi.data.sources.services.registering import require_in_use
from shuzhi.data.sources.types import Batch, Kind, Mode, Source, Status
from shuzhi.foundation.secrets import secret_file
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor

if TYPE_CHECKING:
    from shuzhi.data.sources.reading import TableReader

ROWS_AT_ONCE = 20_000
WAITING = frozenset({Status.RECEIVED, Status.COLLECTING})


def collect_from_sql(*, source: str, by: Actor, at: datetime, folder: Path | None = None) -> Batch | None:
    """Collect what a database source has now: all of it, or what lies beyond its watermark.

    Returns None when there is nothing new. A batch whose collecting broke off before is finished first.
    `folder` is where the path of an SQLite source begins. The watermark moves in the receipt's transaction:
    rows are never skipped, and rows read twice are duplicates.

    Raises:
        NotADatabaseSource: the source is a file.
        ConnectionNotSet: nobody gave the node the database's address.
        UnreadableFile: the database can't be read; its address is never repeated.
        Forbidden: the actor does not speak for the office.
    """
    found = queries.source(source)
    policy.require("sources.collect", by=by, office=found.office)
    require_in_use(source)
    if found.kind is not Kind.SQL:
        raise NotADatabaseSource(source=source)
    for waiting in reversed(queries.batches(source=source)):
        if waiting.status in WAITING:
            collect_batch(batch=waiting.id, by=by, at=at)
    found = queries.source(source)
    extract = _extract(found, folder)
    if extract.kept is None:
        return None
    batch = place_in_order(
        found,
        extract.kept,
        mode=found.mode,
        name=f"{found.table}.parquet",
        by=by,
        at=at,
        declared_rows=extract.rows,
        reaches=extract.reaches,
        again=True,
    )
    return collect_batch(batch=batch.id, by=by, at=at)


@dataclass
class _Extract:
    """Rows written out of a database, and the highest watermark among them."""

    kept: keeping.Kept | None = None
    rows: int = 0
    reaches: str | None = None


def _extract(source: Source, folder: Path | None) -> _Extract:
    drafts = settings().home / "tmp"
    drafts.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=drafts) as place, closing(_open(source, folder)) as reader:
        file = Path(place) / "extract.parquet"
        extract = _write(file, reader, source)
        if extract.rows or source.mode is Mode.FULL:
            extract.kept = keeping.keep_file(file)
    return extract


def _open(source: Source, folder: Path | None) -> TableReader:
    from shuzhi.data.sources.reading import read_sql_table

    schema, _, table = (source.table or "").rpartition(".")
    since = (source.watermark, source.reached) if source.watermark and source.reached else None
    return read_sql_table(_address(source, folder), table, schema=schema or "public", since=since)


def _address(source: Source, folder: Path | None) -> str:
    if source.connection is None:
        return f"sqlite:///{(folder or settings().home) / (source.path or '')}"
    file = secret_file(settings().home, f"source-{source.connection}")
    if not file.is_file():
        raise ConnectionNotSet(source=source.id, name=f"source-{source.connection}")
    return file.read_text("utf-8").strip()


def _write(file: Path, reader: TableReader, source: Source) -> _Extract:
    import pyarrow as pa
    import pyarrow.parquet as pq

    extract = _Extract(reaches=source.reached)
    schema = pa.schema([(name, pa.string()) for name in reader.columns])
    rows = _beyond(reader, source, extract)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while piece := list(islice(rows, ROWS_AT_ONCE)):
            extract.rows += len(piece)
            arrays = [pa.array(values, pa.string()) for values in zip(*piece, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return extract


def _beyond(reader: TableReader, source: Source, extract: _Extract) -> Iterator[tuple[str | None, ...]]:
    """The rows beyond the watermark; on the way the highest watermark is noted."""
    rows: Iterable[tuple[str | None, ...]] = (row.values for row in reader)
    if source.watermark is None or source.mode is Mode.FULL:
        yield from rows
        return
    if source.watermark not in reader.columns:
        raise ColumnsMissing(columns=source.watermark, found="、".join(reader.columns))
    place = reader.columns.index(source.watermark)
    for row in rows:
        value = row[place]
        # A row without a watermark can't be ordered: it comes every time, and is a duplicate when unchanged.
        if value is None or source.reached is None or _later(value, source.reached):
            yield row
        if value is not None and (extract.reaches is None or _later(value, extract.reaches)):
            extract.reaches = value


def _later(value: str, other: str) -> bool:
    """Numbers compare as numbers, dates and times in ISO form as text."""
    try:
        return Decimal(value) > Decimal(other)
    except InvalidOperation:
        return value > other
