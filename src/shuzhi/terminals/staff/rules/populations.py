"""Data sets and registers as populations to replay a rule over: only columns that the asker may see in clear, row names masked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.policies import policy_of
from shuzhi.data.catalog.types import DataSetDeclaration, FieldType, Status
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.policies import policy_of as register_policy
from shuzhi.foundation import lake
from shuzhi.pillars.security.data_policy import Channel, Decision, Reader, RowScope, decide
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions.errors import FieldNotClear, PopulationUnknown
from shuzhi.support.decisions.replaying.populations import IDENTITY, Population, Rows, offer

ASKABLE = frozenset(
    {
        FieldType.TEXT,
        FieldType.INTEGER,
        FieldType.DECIMAL,
        FieldType.DATE,
        FieldType.BOOLEAN,
        FieldType.AMOUNT,
    }
)


class DataSets:
    """The published data sets; what of them is given decides each one's policy, as on every page."""

    def listed(self, *, by: Actor, at: datetime) -> list[Population]:
        """Every published data set with the columns that are the reader's in clear."""
        found = []
        for entry in catalog.entries(status=Status.PUBLISHED):
            decision = _decided(entry.schema_, by, at)
            columns = {
                field.id: field.name
                for field in entry.schema_.fields
                if field.type in ASKABLE and decision.is_clear(field.id)
            }
            if columns and not decision.rows.nothing:
                found.append(Population(f"dataset/{entry.id}", entry.title, columns, entry.schema_.synthetic))
        return found

    def rows(self, name: str, columns: Sequence[str], *, by: Actor, at: datetime) -> Rows:
        """The current rows that are the reader's, with these columns in clear.

        Raises:
            PopulationUnknown: there is no such published data set, or nothing was collected.
            FieldNotClear: a column is withheld or masked.
        """
        schema = _schema(name)
        decision = _decided(schema, by, at)
        _require_clear(columns, decision, name)
        key = [each for each in schema.key if each in {field.id for field in schema.fields}]
        asked = [each.field for each in decision.rows.conditions]
        table = lake.current(name, columns=sorted({*columns, *key, *asked}))
        table = _scoped(table, decision.rows)
        names = _names(table, key)
        made = {IDENTITY: names, **{each: table.column(each) for each in columns}}
        return Rows(pa.table(made), lambda said: _masked(said, key, decision))


class Registers:
    """The registers' golden records, by the register's own policy."""

    def listed(self, *, by: Actor, at: datetime) -> list[Population]:
        """Every register with the columns that are the reader's in clear."""
        found = []
        for summary in registers.registers():
            declared = summary.declaration
            decision = decide(register_policy(declared), Reader(by), Channel.PAGE, at)
            columns = {field.id: field.name for field in declared.fields if decision.is_clear(field.id)}
            if columns and not decision.rows.nothing:
                found.append(Population(f"register/{declared.id}", declared.title, columns))
        return found

    def rows(self, name: str, columns: Sequence[str], *, by: Actor, at: datetime) -> Rows:
        """The records that are the reader's, with these fields in clear, by their numbers.

        Raises:
            PopulationUnknown: there is no such register.
            FieldNotClear: a field is withheld or masked.
        """
        try:
            declared = registers.declaration(name)
        except NoSuchRegister:
            raise PopulationUnknown(population=f"register/{name}") from None
        decision = decide(register_policy(declared), Reader(by), Channel.PAGE, at)
        _require_clear(columns, decision, name)
        found = list(registers.golden_values(name, columns, rows_of=decision.rows))
        turned = list(zip(*found, strict=True)) if found else [() for _ in (IDENTITY, *columns)]
        made = {
            key: pa.array(values, pa.string())
            for key, values in zip((IDENTITY, *columns), turned, strict=True)
        }
        return Rows(pa.table(made), lambda number: number)


def _require_clear(columns: Sequence[str], decision: Decision, name: str) -> None:
    for column in columns:
        if not decision.is_clear(column):
            says = decision.treatment(column).reason.says
            raise FieldNotClear(field=column, population=name, reason=says.en, reason_zh=says.zh)


def _schema(name: str) -> DataSetDeclaration:
    try:
        entry = catalog.published_entry(name)
    except NoSuchDataSet:
        raise PopulationUnknown(population=f"dataset/{name}") from None
    if not lake.has_table(name):
        raise PopulationUnknown(population=f"dataset/{name}")
    return entry.schema_


def _decided(schema: DataSetDeclaration, by: Actor, at: datetime) -> Decision:
    return decide(policy_of(schema), Reader(by), Channel.PAGE, at)


def _scoped(table: pa.Table, rows: RowScope) -> pa.Table:
    if rows.whole:
        return table
    if rows.nothing:
        return table.slice(0, 0)
    fields = [each.field for each in rows.conditions]
    kept = [rows.admits(row) for row in table.select(fields).to_pylist()]
    return table.filter(pa.array(kept, pa.bool_()))


def _names(table: pa.Table, key: Sequence[str]) -> Any:
    """What each row is called: its key, as JSON where it has several parts; its number where it has none."""
    if not key:
        return pa.array([str(n) for n in range(1, table.num_rows + 1)], pa.string())
    if len(key) == 1:
        return pc.cast(table.column(key[0]), pa.string())
    return pa.array(
        [
            json.dumps([None if v is None else str(v) for v in row.values()], ensure_ascii=False)
            for row in table.select(list(key)).to_pylist()
        ]
    )


def _masked(said: str, key: Sequence[str], decision: Decision) -> str:
    """A row's name as this reader may see it."""
    if not key:
        return said
    parts = json.loads(said) if len(key) > 1 else [said]
    secret = masking_key()
    shown = [decision.value(name, part, key=secret) for name, part in zip(key, parts, strict=True)]
    return " · ".join("＊" if part is None else str(part) for part in shown)


def offer_rows() -> None:
    """Data sets and registers can be replayed over from now on."""
    offer("dataset", DataSets())
    offer("register", Registers())
