"""Reading the current rows of a register's sources as records in the register's field names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import DataSetDeclaration, Status
from shuzhi.data.linkage.types import Record
from shuzhi.data.registers import derivations
from shuzhi.data.registers.derivations import Derived, derive
from shuzhi.data.registers.types import DerivedFrom, RegisterDeclaration, SourceMapping
from shuzhi.foundation import lake

SYSTEM = ("_batch", "_seq", "_row", "_hash")


def gather(register: RegisterDeclaration, *, today: date) -> list[Record]:
    """Every current record of every source that is published in the catalog; nothing else may feed a register."""
    try:
        return [record for source in register.sources for record in _records(source, today)]
    finally:
        derivations.forget()


def _records(source: SourceMapping, today: date) -> Iterator[Record]:
    schema = _published_schema(source.dataset)
    if schema is None or not lake.has_table(source.dataset):
        return
    table = lake.current(source.dataset)
    columns = {target: _column(table, field) for target, field in source.fields.items()}
    derived = {target: _derived(table, rule, today) for target, rule in source.derive.items()}
    keys = [_column(table, field) for field in schema.key]
    batches, seqs, rows, hashes = (table.column(name).to_pylist() for name in SYSTEM)
    for index in range(table.num_rows):
        follows = {target: column[index] for target, column in derived.items()}
        parts = [column[index] for column in keys]
        yield Record(
            dataset=source.dataset,
            key="|".join(part or "" for part in parts) if parts else str(hashes[index]),
            batch=batches[index],
            seq=seqs[index],
            row=rows[index],
            values={target: column[index] for target, column in columns.items()}
            | {target: found.value if found else None for target, found in follows.items()},
            reasons={
                target: found.reason
                for target, found in follows.items()
                if found and not found.value and not source.derive[target].optional
            },
        )


def _derived(table: Any, rule: DerivedFrom, today: date) -> list[Derived | None]:
    texts = _column(table, rule.of)
    known = derive(rule.by, (text for text in texts if text), today=today)
    return [known[text] if text else None for text in texts]


def _published_schema(dataset: str) -> DataSetDeclaration | None:
    try:
        entry = catalog.entry(dataset)
    except NoSuchDataSet:
        return None
    return entry.schema_ if entry.status is Status.PUBLISHED else None


def _column(table: Any, field: str) -> list[str | None]:
    # An amount is kept as written beside its parsed value; the register shows what was written.
    name = f"{field}__text" if f"{field}__text" in table.column_names else field
    return [_text(value) for value in table.column(name).to_pylist()]


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = str(value).strip()
    return text or None
