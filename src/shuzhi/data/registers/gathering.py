"""Reading the current rows of a register's sources as records in the register's field names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet, NotCatalogued
from shuzhi.data.catalog.types import DataSetDeclaration, FieldType
from shuzhi.data.linkage.types import Record
from shuzhi.data.registers import derivations
from shuzhi.data.registers.derivations import NOTHING_GIVEN, Derived, derive
from shuzhi.data.registers.types import DerivedFrom, RegisterDeclaration, SourceMapping
from shuzhi.foundation import lake

SYSTEM = ("_batch", "_seq", "_row", "_hash")
LONGEST_KEY = 150


def gather(register: RegisterDeclaration, *, today: date) -> list[Record]:
    """Every current record of every source that is published in the catalog; nothing else may feed a register."""
    try:
        return [record for source in register.sources for record in _records(source, today)]
    finally:
        derivations.forget()


def _records(source: SourceMapping, today: date) -> Iterator[Record]:
    schema = _published_schema(source.dataset)
    if schema is None:
        return
    table = _current(source, schema)
    columns = {target: _column(table, schema, field) for target, field in source.fields.items()}
    derived = {target: _derived(table, schema, rule, today) for target, rule in source.derive.items()}
    keys = list(zip(*(_column(table, schema, field) for field in schema.key), strict=True))
    batches, seqs, rows, hashes = (table.column(name).to_pylist() for name in SYSTEM)
    for index in range(table.num_rows):
        follows = {target: column[index] for target, column in derived.items()}
        yield Record(
            dataset=source.dataset,
            key=_key(keys[index]) if keys else str(hashes[index]),
            batch=batches[index],
            seq=seqs[index],
            row=rows[index],
            values={target: column[index] for target, column in columns.items()}
            | {target: found.value for target, found in follows.items()},
            reasons={
                target: found.reason
                for target, found in follows.items()
                if not found.value and not source.derive[target].optional
            },
        )


def _current(source: SourceMapping, schema: DataSetDeclaration) -> Any:
    """The columns that the register needs of the data set's current rows, as an Arrow table."""
    fields = {*source.fields.values(), *(rule.of for rule in source.derive.values()), *schema.key}
    wanted = {_stored_as(schema, field) for field in fields} | set(SYSTEM)
    with lake.open_duckdb() as connection:
        rows = lake.current_rows(connection, source.dataset)
        return rows.project(
            ", ".join(f'"{name}"' for name in rows.columns if name in wanted)
        ).to_arrow_table()


def _derived(table: Any, schema: DataSetDeclaration, rule: DerivedFrom, today: date) -> list[Derived]:
    texts = _column(table, schema, rule.of)
    known = derive(rule.by, (text for text in texts if text), today=today)
    return [known[text] if text else Derived(None, NOTHING_GIVEN) for text in texts]


def _published_schema(dataset: str) -> DataSetDeclaration | None:
    try:
        return catalog.published_entry(dataset).schema_
    except (NoSuchDataSet, NotCatalogued):
        return None


def _column(table: Any, schema: DataSetDeclaration, field: str) -> list[str | None]:
    name = _stored_as(schema, field)
    if name not in table.column_names:
        return [None] * table.num_rows  # declared since the last batch came
    return [_text(value) for value in table.column(name).to_pylist()]


def _stored_as(schema: DataSetDeclaration, field: str) -> str:
    # An amount is kept as written beside its parsed value; the register shows what was written.
    return f"{field}__text" if schema.field(field).type is FieldType.AMOUNT else field


def _key(parts: Sequence[str | None]) -> str:
    """A record's key in its data set as one short text; two keys never give the same."""
    escaped = ((part or "").replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    text = "|".join(escaped)
    return text if len(text) <= LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # the lake pads decimals with noughts
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() or None
