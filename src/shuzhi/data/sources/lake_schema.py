"""A data set's columns in the lake (湖中列): one a field; an amount has three."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration, FieldType
from shuzhi.data.sources.cells import Cell

CURRENCY, AS_WRITTEN = "__currency", "__text"


def lake_schema(declared: DataSetDeclaration) -> Any:
    """The Arrow schema of the data set's own columns."""
    import pyarrow as pa

    return pa.schema([column for field in declared.fields for column in _columns(field)])


def arrays(field: FieldDeclaration, cells: Sequence[Cell]) -> list[Any]:
    """The Arrow arrays of one field, in the order of its columns."""
    import pyarrow as pa

    kinds = [column.type for column in _columns(field)]
    if field.type is FieldType.AMOUNT:
        parts = [cell.value or (None, None, None) for cell in cells]
        return [pa.array([part[place] for part in parts], kind) for place, kind in enumerate(kinds)]
    return [pa.array([cell.value for cell in cells], kinds[0])]


def _columns(field: FieldDeclaration) -> Iterator[Any]:
    import pyarrow as pa

    yield pa.field(field.id, _type(field.type))
    if field.type is FieldType.AMOUNT:
        yield pa.field(field.id + CURRENCY, pa.string())
        yield pa.field(field.id + AS_WRITTEN, pa.string())


def _type(kind: FieldType) -> Any:
    import pyarrow as pa

    return {
        FieldType.TEXT: pa.string(),
        FieldType.GEOMETRY: pa.string(),
        FieldType.INTEGER: pa.int64(),
        FieldType.DECIMAL: pa.decimal128(38, 10),
        FieldType.AMOUNT: pa.decimal128(38, 10),
        FieldType.DATE: pa.date32(),
        FieldType.DATETIME: pa.timestamp("us", tz="UTC"),
        FieldType.BOOLEAN: pa.bool_(),
    }[kind]
