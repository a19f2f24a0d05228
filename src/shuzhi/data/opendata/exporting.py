"""Writing a release's files: CSV, JSON, Parquet and, where a sheet can hold it, XLSX."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, BinaryIO

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.types import Column
from shuzhi.pillars.standards.spreadsheets import neutralise, writable

Rows = Callable[[], Iterable[list[Any]]]

MOST_SHEET_ROWS = 1_048_575
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_files(folder: Path, columns: Sequence[Column], rows: Rows, count: int) -> dict[str, Path]:
    """Write every format into `folder`; returns the files by format. `rows` is asked once a format."""
    files = {}
    for form in _writers():
        if form != "xlsx" or count <= MOST_SHEET_ROWS:
            files[form] = folder / f"data.{form}"
            write_file(form, files[form], columns, rows())
    return files


def write_file(form: str, file: Path, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    """Write one file of one format."""
    _writers()[form](file, columns, rows)


def write_stream(form: str, out: BinaryIO, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    """The same into an open stream; CSV and Parquet only, which are written from their beginning to their end."""
    if form == "parquet":
        _parquet_into(out, columns, rows)
        return
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    _csv_into(text, columns, rows)
    text.flush()
    text.detach()


def _writers() -> dict[str, Callable[[Path, Sequence[Column], Iterable[list[Any]]], None]]:
    return {"csv": _write_csv, "json": _write_json, "parquet": _write_parquet, "xlsx": _write_xlsx}


def _write_csv(file: Path, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        _csv_into(out, columns, rows)


def _csv_into(out: IO[str], columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    writer = csv.writer(out)
    writer.writerow([column.id for column in columns])
    writer.writerows([neutralise(_cell(value)) for value in row] for row in rows)


def _write_json(file: Path, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    names = [column.id for column in columns]
    written = json.JSONEncoder(ensure_ascii=False, default=_json_value).encode
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        for number, row in enumerate(rows):
            out.write(",\n" if number else "\n")
            out.write(written(dict(zip(names, row, strict=True))))
        out.write("\n]\n")


def _write_parquet(file: Path, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    _parquet_into(file, columns, rows)


def _parquet_into(out: Path | BinaryIO, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column.id, _arrow_type(column.type)) for column in columns])
    with pq.ParquetWriter(out, schema) as writer:
        for chunk in _chunks(rows, 20_000):
            arrays = [
                pa.array(list(values), type=kind.type)
                for values, kind in zip(zip(*chunk, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _write_xlsx(file: Path, columns: Sequence[Column], rows: Iterable[list[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append([column.id for column in columns])
    for row in rows:
        sheet.append([neutralise(writable(_cell(value))) for value in row])
    book.save(file)


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat()


def _cell(value: Any) -> Any:
    # A sheet has no time zones; the moment is written out in full.
    return value.isoformat() if isinstance(value, datetime) else value


def _chunks(rows: Iterable[list[Any]], size: int) -> Iterator[list[list[Any]]]:
    chunk: list[list[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _arrow_type(kind: FieldType) -> Any:
    import pyarrow as pa

    return {
        FieldType.INTEGER: pa.int64(),
        FieldType.DECIMAL: pa.decimal128(38, 10),
        FieldType.AMOUNT: pa.decimal128(38, 10),
        FieldType.DATE: pa.date32(),
        FieldType.DATETIME: pa.timestamp("us", tz="UTC"),
        FieldType.BOOLEAN: pa.bool_(),
    }.get(kind, pa.string())
