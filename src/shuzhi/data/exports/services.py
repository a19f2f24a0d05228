from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.policies import policy_of
from shuzhi.data.catalog.types import DataSetDeclaration, Entry
from shuzhi.data.exports import models, preparing, queries
from shuzhi.data.exports.errors import (
    NoSuchForm,
    NothingAllowed,
    NothingToExport,
    PurposeMissing,
    TooManyForSheet,
)
from shuzhi.data.exports.types import FORMS, DataExported, Export, FieldOutlook, ModelInput
from shuzhi.data.opendata.exporting import MOST_SHEET_ROWS, write_file
from shuzhi.foundation import lake
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.data_policy import Channel, Decision, Given, Reader, askable, decide
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor, Grade
from shuzhi.pillars.security.watermarks import Marker, mark_key


class _Order(NamedTuple):
    """A file that is to be made: of what, for whom, on which way."""

    entry: Entry
    channel: Channel
    receiver: Actor
    decision: Decision
    form: str


@transaction.atomic
def export_dataset(
    *, dataset: str, form: str, purpose: str, basis: str, folder: Path, by: Actor, at: datetime
) -> tuple[Export, Path]:
    """Write a data set's current rows as the actor may have them into `folder`; returns the entry and the file.

    The policy decides fields and rows; texts that may carry it carry the receiver's mark.

    Raises:
        Forbidden: the actor speaks neither for the owner nor for the bureau.
        PurposeMissing, NoSuchForm, NothingToExport, NothingAllowed, TooManyForSheet: as they say.
    """
    entry = catalog.entry(dataset)
    policy.require("exports.export", by=by, office=entry.owner)
    receiver = replace(by, purpose=purpose.strip(), basis=basis.strip())
    decision = decide(
        policy_of(entry.schema_), _reader(entry.schema_, receiver, Channel.EXPORT), Channel.EXPORT, at
    )
    return _made(_Order(entry, Channel.EXPORT, receiver, decision, form), folder, by=receiver, at=at)


@transaction.atomic
def deliver_batch(
    *,
    dataset: str,
    form: str,
    receiver: Actor,
    clearance: Grade,
    folder: Path,
    by: Actor,
    at: datetime,
) -> tuple[Export, Path]:
    """Write a batch file for another office; `receiver` names the office, its purpose and its basis.

    Raises:
        Forbidden: the actor speaks neither for the owner nor for the bureau.
        PurposeMissing, NoSuchForm, NothingToExport, NothingAllowed, TooManyForSheet: as they say.
    """
    entry = catalog.entry(dataset)
    policy.require("exports.deliver", by=by, office=entry.owner)
    reader = replace(_reader(entry.schema_, receiver, Channel.BATCH), clearance=clearance)
    decision = decide(policy_of(entry.schema_), reader, Channel.BATCH, at)
    return _made(_Order(entry, Channel.BATCH, receiver, decision, form), folder, by=by, at=at)


def outlook(*, dataset: str, purpose: str, basis: str, by: Actor, at: datetime) -> list[FieldOutlook]:
    """What an export would give of every field, and by which rule; nothing leaves by asking."""
    schema = catalog.entry(dataset).schema_
    receiver = replace(by, purpose=purpose.strip() or None, basis=basis.strip() or None)
    decision = decide(policy_of(schema), _reader(schema, receiver, Channel.EXPORT), Channel.EXPORT, at)
    found = []
    for field in schema.fields:
        each = decision.treatment(field.id)
        mask = each.mask.value if each.given is Given.MASKED else None
        found.append(
            FieldOutlook(field.id, field.name, each.given.value, each.reason.says, each.reason.law, mask)
        )
    return found


@transaction.atomic
def rows_for_model(
    *, dataset: str, model: str, purpose: str, basis: str, by: Actor, at: datetime
) -> ModelInput:
    """Hand a data set's current rows to a model or an engine: the only way on which one gets rows.

    Core data never go; nor what the schema keeps from models. What was handed over is in the audit log.

    Raises:
        Forbidden: the actor speaks neither for the owner nor for the bureau.
        PurposeMissing, NothingToExport, NothingAllowed: as they say.
    """
    entry = catalog.entry(dataset)
    policy.require("exports.feed", by=by, office=entry.owner)
    receiver = replace(by, purpose=purpose.strip(), basis=basis.strip())
    decision = decide(
        policy_of(entry.schema_), _reader(entry.schema_, receiver, Channel.MODEL), Channel.MODEL, at
    )
    _check(entry.schema_, receiver, decision)
    fields = [field.id for field in preparing.given_fields(entry.schema_, decision)]
    masked = tuple(name for name in fields if not decision.is_clear(name))
    audit.record(
        "exports.fed",
        target=f"dataset/{dataset}",
        by=receiver,
        at=at,
        model=model,
        fields=fields,
        masked=masked,
    )
    key = masking_key()
    rows = (
        {name: decision.value(name, row.get(name), key=key, row=row) for name in fields}
        for row in preparing.current_rows(entry.schema_, decision, receiver, at)
    )
    return ModelInput(dataset=dataset, columns=tuple(fields), masked=masked, rows=rows)


def _reader(schema: DataSetDeclaration, receiver: Actor, channel: Channel) -> Reader:
    """Who gets the rows; consents are looked up row by row while they are read (`preparing.current_rows`)."""
    return Reader(receiver, consents=askable(policy_of(schema), receiver, channel))


def _check(schema: DataSetDeclaration, receiver: Actor, decision: Decision) -> None:
    if not (receiver.purpose and receiver.basis):
        raise PurposeMissing(dataset=schema.dataset)
    if not preparing.given_fields(schema, decision):
        reason = decision.treatment(schema.fields[0].id).reason
        raise NothingAllowed(
            dataset=schema.dataset, reason=reason.says.en, reason_zh=reason.says.zh, law=reason.law
        )
    if not lake.has_table(schema.dataset):
        raise NothingToExport(dataset=schema.dataset)


def _made(order: _Order, folder: Path, *, by: Actor, at: datetime) -> tuple[Export, Path]:
    schema = order.entry.schema_
    if order.form not in FORMS:
        raise NoSuchForm(form=order.form[:20], forms="、".join(FORMS))
    _check(schema, order.receiver, order.decision)
    number = str(uuid.uuid4())
    fields = preparing.given_fields(schema, order.decision)
    marked = tuple(field.id for field in fields if preparing.markable(field, schema))
    columns = preparing.columns_of(fields, order.decision)
    marker = Marker(mark_key(secret(settings().home, "watermark").encode(), number))
    rows = preparing.Rows(
        preparing.current_rows(schema, order.decision, order.receiver, at),
        columns,
        order.decision,
        frozenset(marked),
        marker,
    )
    file = folder / f"{schema.dataset}.{order.form}"
    write_file(order.form, file, columns, _bounded(rows, order.form))
    row = _register(order, number, marked, rows, file, at=at)
    _note(row, by=by, at=at)
    return queries.value_of(row), file


def _bounded(rows: preparing.Rows, form: str) -> Iterable[list[Any]]:
    for row in rows:
        if form == "xlsx" and rows.count > MOST_SHEET_ROWS:
            raise TooManyForSheet(most=MOST_SHEET_ROWS)
        yield row


def _register(
    order: _Order, number: str, marked: tuple[str, ...], rows: preparing.Rows, file: Path, *, at: datetime
) -> models.Export:
    given: dict[str, list[str]] = {each.value: [] for each in Given}
    for field in order.entry.schema_.fields:
        given[order.decision.treatment(field.id).given.value].append(field.id)
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return models.Export.objects.create(
        id=number,
        dataset=order.entry.id,
        channel=order.channel.value,
        receiver=order.receiver.name,
        receiver_title=order.receiver.title,
        office=order.receiver.office,
        purpose=order.receiver.purpose or "",
        basis=order.receiver.basis or "",
        form=order.form,
        fields=given,
        marked=list(marked),
        rows=rows.count,
        carriers=rows.carriers,
        sha256=sha256,
        at=at,
    )


def _note(row: models.Export, *, by: Actor, at: datetime) -> None:
    noted = replace(by, purpose=row.purpose, basis=row.basis)
    audit.record(
        "exports.exported",
        target=f"dataset/{row.dataset}",
        by=noted,
        at=at,
        export=str(row.id),
        channel=row.channel,
        receiver=row.receiver,
        receiving_office=row.office,
        form=row.form,
        rows=row.rows,
        fields=row.fields,
        sha256=row.sha256,
    )
    outbox.publish(DataExported(dataset=row.dataset, export=str(row.id)), at=at)
