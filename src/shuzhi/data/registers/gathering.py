"""Reading what a register's sources say, and what they said, as records in the register's field names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
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
from shuzhi.foundation.words import Words
from shuzhi.pillars.standards.validators import VALIDATORS

SYSTEM = ("_batch", "_seq", "_row", "_hash")
LONGEST_KEY = 150
BREAKS_STANDARD = Words(
    zh="不合标准校验，未采用：{value}", en="breaks its standard's check and was not taken: {value}"
)

Columns = Mapping[str, list[str | None]]
Reasons = Mapping[str, list[Words | None]]


def gather(register: RegisterDeclaration, *, today: date) -> list[Record]:
    """Every current record of every source that is published in the catalog; nothing else may feed a register."""
    try:
        return [record for source in register.sources for record in _records(register, source, today)]
    finally:
        derivations.forget()


def gather_former(register: RegisterDeclaration, *, today: date) -> list[Record]:
    """What the sources said of their entities earlier and say no longer, in the fields that records are matched by."""
    try:
        return [record for source in register.sources for record in _former(register, source, today)]
    finally:
        derivations.forget()


def _records(register: RegisterDeclaration, source: SourceMapping, today: date) -> Iterator[Record]:
    schema = _published_schema(source.dataset)
    if schema is None:
        return
    with lake.open_duckdb() as connection:
        rows = lake.current_rows(connection, source.dataset)
        wanted = {*_needed(source, schema), *(_stored_as(schema, name) for name in schema.key), *SYSTEM}
        table = rows.project(_listed(rows.columns, wanted)).to_arrow_table()
    values, reasons = _said(register, source, schema, table, today)
    keys = list(zip(*(_column(table, schema, field) for field in schema.key), strict=True))
    batches, seqs, places, hashes = (table.column(name).to_pylist() for name in SYSTEM)
    for index in range(table.num_rows):
        missing = {name: why for name, column in reasons.items() if (why := column[index])}
        yield Record(
            dataset=source.dataset,
            key=_key(keys[index]) if keys else str(hashes[index]),
            batch=batches[index],
            seq=seqs[index],
            row=places[index],
            values={name: column[index] for name, column in values.items()},
            reasons=missing,
        )


def _former(register: RegisterDeclaration, source: SourceMapping, today: date) -> Iterator[Record]:
    matched = {name for rule in register.match for name in rule.fields}
    part = source.only(matched)
    schema = _published_schema(source.dataset)
    if schema is None or not matched.intersection(register.match[0].by) <= part.says:
        return
    with lake.open_duckdb() as connection:
        rows = lake.former_values(connection, source.dataset, sorted(_needed(part, schema)))
        table = rows.to_arrow_table()
    values, _ = _said(register, part, schema, table, today)
    for index in range(table.num_rows):
        said = {name: column[index] for name, column in values.items()}
        text = "\x1f".join(f"{name}={said[name]}" for name in sorted(said))
        key = hashlib.sha256(text.encode()).hexdigest()
        yield Record(dataset=source.dataset, key=key, batch="", seq=0, row=0, values=said)


def _said(
    register: RegisterDeclaration, source: SourceMapping, schema: DataSetDeclaration, table: Any, today: date
) -> tuple[Columns, Reasons]:
    """The register's fields column by column, and by row why a value is missing that somebody should mend."""
    values = {target: _column(table, schema, field) for target, field in source.fields.items()}
    reasons: dict[str, list[Words | None]] = {}
    for field in register.fields:
        if field.standard and field.id in values:
            values[field.id], reasons[field.id] = _by_standard(values[field.id], field.standard)
    for target, rule in source.derive.items():
        derived = _derived(table, schema, rule, today)
        values[target] = [one.value for one in derived]
        if not rule.optional:
            reasons[target] = [None if one.value else one.reason for one in derived]
    return values, reasons


def _by_standard(values: Sequence[str | None], standard: str) -> tuple[list[str | None], list[Words | None]]:
    keeps = [value is None or VALIDATORS[standard](value.upper()) for value in values]
    kept = [value if right else None for value, right in zip(values, keeps, strict=True)]
    why = [None if right else _broken(value or "") for value, right in zip(values, keeps, strict=True)]
    return kept, why


def _broken(value: str) -> Words:
    return Words(zh=BREAKS_STANDARD.zh.format(value=value), en=BREAKS_STANDARD.en.format(value=value))


def _needed(source: SourceMapping, schema: DataSetDeclaration) -> set[str]:
    """The stored columns that a mapping reads."""
    fields = {*source.fields.values(), *(rule.of for rule in source.derive.values())}
    return {_stored_as(schema, field) for field in fields}


def _listed(columns: Sequence[str], wanted: set[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns if name in wanted)


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
