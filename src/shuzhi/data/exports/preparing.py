"""From the lake's rows to the rows of a file: whose they are, what of them is given, the receiver's mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from shuzhi.data.catalog.policies import policy_of
from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration, FieldType
from shuzhi.data.opendata.types import Column
from shuzhi.foundation import lake
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.consents import agreed_rows
from shuzhi.pillars.security.data_policy import Decision, Given
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.security.watermarks import Marker

CHUNK = 5_000
FREE_TEXT = frozenset({"address", "scope", "summary", "remark", "note", "text", "description", "reason"})


def given_fields(schema: DataSetDeclaration, decision: Decision) -> tuple[FieldDeclaration, ...]:
    """The fields of which something is given, in the schema's order."""
    return tuple(f for f in schema.fields if decision.treatment(f.id).given is not Given.WITHHELD)


def markable(field: FieldDeclaration, schema: DataSetDeclaration) -> bool:
    """Whether a field's texts may carry a mark: as declared, else free text that is neither key nor code.

    What is declared markable is still left alone where a standard or the key depends on the very characters.
    """
    if field.type is not FieldType.TEXT or field.standard or field.id in schema.key:
        return False
    return field.id in FREE_TEXT if field.policy.mark is None else field.policy.mark


def columns_of(fields: Sequence[FieldDeclaration], decision: Decision) -> tuple[Column, ...]:
    """The file's columns; an amount in clear is a number and its currency, what is masked is a text."""
    made: list[Column] = []
    for field in fields:
        if not decision.is_clear(field.id):
            made.append(Column(field.id, field.name, FieldType.TEXT))
        elif field.type is FieldType.AMOUNT:
            currency = Words(zh=f"{field.name.zh}币种", en=f"{field.name.en}, currency")
            made += [Column(field.id, field.name, FieldType.DECIMAL)]
            made += [Column(f"{field.id}__currency", currency, FieldType.TEXT)]
        else:
            made.append(Column(field.id, field.name, field.type))
    return tuple(made)


def current_rows(
    schema: DataSetDeclaration, decision: Decision, receiver: Actor, at: datetime
) -> Iterator[dict[str, Any]]:
    """The data set's rows of now that are the reader's, without values that nobody agreed to."""
    rows = (
        row
        for batch in lake.current(schema.dataset).to_batches(max_chunksize=CHUNK)
        for row in batch.to_pylist()
        if decision.rows.admits(row)
    )
    return agreed_rows(rows, policy=policy_of(schema), actor=receiver, at=at)


class Rows:
    """The rows of one file, counted and marked while they are written."""

    def __init__(
        self,
        rows: Iterable[dict[str, Any]],
        columns: Sequence[Column],
        decision: Decision,
        marked: frozenset[str],
        marker: Marker,
    ) -> None:
        self._rows, self._columns, self._decision = rows, columns, decision
        self._marked, self._marker, self._key = marked, marker, masking_key()
        self.count = self.carriers = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.count += 1
            yield [self._cell(column.id, row) for column in self._columns]

    def _cell(self, column: str, row: dict[str, Any]) -> Any:
        field = column.removesuffix("__currency")
        value = self._decision.value(field, row.get(column), key=self._key, row=row)
        if field not in self._marked or not isinstance(value, str):
            return value
        text = self._marker.marked(value)
        self.carriers += self._marker.carries(text)
        return text
