"""Choosing what of a data set may be open, and making the open copy of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from shuzhi.data.catalog.policies import policy_of
from shuzhi.data.catalog.types import Access, DataSetDeclaration, FieldDeclaration, FieldType
from shuzhi.data.opendata.errors import NotOpenable
from shuzhi.data.opendata.types import Column, Release
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy import Channel, Decision, Given, Reader, decide
from shuzhi.pillars.security.masking import readable
from shuzhi.pillars.security.types import PUBLIC, Grade, Mask

PUBLIC_CLEARANCE = Grade.L1
CHUNK = 5000
MOST_NAME = 50
_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


def openable_fields(schema: DataSetDeclaration, *, at: datetime) -> tuple[FieldDeclaration, ...]:
    """The fields that a release may hold, by the data set's policy.

    Raises:
        NotOpenable: the class or the policy forbids it, nothing is open, or a graded field has no mask to open it
            under.
    """
    if schema.opening is Access.NONE:
        raise NotOpenable(
            dataset=schema.dataset, reason="its opening class is “none”", reason_zh="开放属性为“不予开放”"
        )
    chosen = tuple(field for field in schema.fields if field.open)
    if not chosen:
        raise NotOpenable(dataset=schema.dataset, reason="no field may be open", reason_zh="没有可开放的字段")
    decision = public_decision(schema, at=at)
    _refuse_unfit(schema, chosen, decision)
    return tuple(field for field in chosen if decision.treatment(field.id).given is not Given.WITHHELD)


def public_decision(schema: DataSetDeclaration, *, at: datetime) -> Decision:
    """What of a data set everyone may have."""
    return decide(policy_of(schema), Reader(PUBLIC), Channel.OPEN, at)


def _refuse_unfit(
    schema: DataSetDeclaration, chosen: tuple[FieldDeclaration, ...], decision: Decision
) -> None:
    if decision.rows.nothing:
        reason = decision.treatment(chosen[0].id).reason.says
        raise NotOpenable(
            dataset=schema.dataset,
            reason=f"its policy: {reason.en}, or its rows belong to certain readers",
            reason_zh=f"策略不允许：{reason.zh}，或者各行只归特定的读者",
        )
    bare = [field.id for field in chosen if needs_mask(field) and field.mask is Mask.NONE]
    if bare:
        raise NotOpenable(
            dataset=schema.dataset,
            reason=f"these fields are graded above L1 and have no mask: {', '.join(bare)}",
            reason_zh=f"下列字段分级高于 L1 且未规定脱敏方式：{'、'.join(bare)}",
        )
    unfit = [field.id for field in chosen if field.id in _SYSTEM or len(field.id) > MOST_NAME]
    if unfit:
        raise NotOpenable(
            dataset=schema.dataset,
            reason=f"no database can have columns of these names: {', '.join(unfit)}",
            reason_zh=f"数据库不能用这些字段名：{'、'.join(unfit)}",
        )


def allows(schema: DataSetDeclaration, release: Release, *, at: datetime) -> bool:
    """Whether every column of a release may be open by the schema of now, under the mask it went out with."""
    decision = public_decision(schema, at=at)
    if decision.rows.nothing:
        return False
    for column in release.columns:
        treatment = decision.treatment(column.id.removesuffix("__currency"))
        if treatment.given is Given.WITHHELD:
            return False
        if treatment.given is Given.MASKED and column.id not in release.masked:
            return False
    return True


def needs_mask(field: FieldDeclaration) -> bool:
    """Whether the public may not see the field's values as they are."""
    return not readable(grade=field.grade, clearance=PUBLIC_CLEARANCE)


def open_columns(fields: tuple[FieldDeclaration, ...]) -> tuple[Column, ...]:
    """The open table's columns; an amount becomes a number and its currency."""
    return tuple(column for field in fields for column in _columns(field))


def open_rows(
    table: Any, fields: tuple[FieldDeclaration, ...], decision: Decision, *, key: bytes
) -> Iterator[list[Any]]:
    """The open copy of the rows, masked, in the order of `open_columns`."""
    names = [column.id for column in open_columns(fields)]
    subjects = {field.policy.mask_as.subject for field in fields} - {None}
    others = [name for name in table.column_names if name in subjects and name not in names]
    masked = {name for name in names if name in {field.id for field in fields if needs_mask(field)}}
    for batch in table.to_batches(max_chunksize=CHUNK):
        columns = [batch.column(name).to_pylist() for name in (*names, *others)]
        if not masked:  # most data sets; the rows are read once for each file
            yield from map(list, zip(*columns[: len(names)], strict=True))
            continue
        for values in zip(*columns, strict=True):
            row = dict(zip((*names, *others), values, strict=True))
            yield [
                decision.value(name, row[name], key=key, row=row) if name in masked else row[name]
                for name in names
            ]


def _columns(field: FieldDeclaration) -> Iterator[Column]:
    if needs_mask(field):
        yield Column(field.id, field.name, FieldType.TEXT)
    elif field.type is FieldType.AMOUNT:
        yield Column(field.id, field.name, FieldType.DECIMAL)
        currency = Words(zh=f"{field.name.zh}币种", en=f"{field.name.en}, currency")
        yield Column(f"{field.id}__currency", currency, FieldType.TEXT)
    else:
        yield Column(field.id, field.name, field.type)
