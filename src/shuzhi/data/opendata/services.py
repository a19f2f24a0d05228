from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import F

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.types import DataSetDeclaration, Entry, FieldDeclaration, FieldType
from shuzhi.data.opendata import counting, disclosure, models, places, preparing, queries, tables
from shuzhi.data.opendata.errors import NotOpen, NotOpenable
from shuzhi.data.opendata.exporting import MEDIA_TYPES, write_files
from shuzhi.data.opendata.types import (
    Column,
    DataSetOpened,
    DataSetWithdrawn,
    OpenFile,
    OpeningState,
    Release,
    resource_id,
)
from shuzhi.foundation import lake
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.files import file_store
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.anonymity import Mended
from shuzhi.pillars.security.data_policy import Decision
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def open_dataset(*, dataset: str, by: Actor, at: datetime, licence: str | None = None) -> Release:
    """Open a data set, or replace its release by one of the current rows.

    Only fields declared open go out; those graded above L1 go out masked. The rows are a copy: later
    batches are not open before the next release. Where the data set is about persons, rows that give single
    persons away are mended as declared, or the release is refused.

    Raises:
        NotCatalogued: its catalog entry is not published.
        NotOpenable: its class, its policy or its fields do not allow it, or nothing has been collected.
        GivesPersonsAway: its rows would give single persons away.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    entry, fields = require_openable(dataset=dataset, by=by, at=at)
    release = _next_release(dataset, licence or entry.schema_.licence or "unspecified", fields, by=by, at=at)
    decision = preparing.public_decision(entry.schema_, at=at)
    release, mended = _publish_rows(release, entry.schema_, fields, decision)
    _replace_current(release, at=at)
    catalog_services.note_formats(dataset=dataset, formats=(file.format for file in release.files), at=at)
    catalog_services.record_lineage(
        origin=f"dataset/{dataset}", target=f"open/{dataset}", kind="opened", at=at, release=release.number
    )
    audit.record(
        "opendata.opened",
        target=f"open/{dataset}",
        by=by,
        at=at,
        release=release.id,
        rows=release.rows,
        fields=[column.id for column in release.columns],
        masked=list(release.masked),
        generalised=sorted(mended.steps),
        left_out=mended.left_out,
    )
    outbox.publish(DataSetOpened(dataset=dataset, release=release.id), at=at)
    return release


def require_openable(*, dataset: str, by: Actor, at: datetime) -> tuple[Entry, tuple[FieldDeclaration, ...]]:
    """The entry and the fields that would go out; everything that can be known without reading its rows.

    Raises:
        NotCatalogued, NotOpenable, Forbidden: as `open_dataset`.
    """
    entry = catalog.published_entry(dataset)
    policy.require("opendata.open", by=by, office=entry.owner)
    fields = preparing.openable_fields(entry.schema_, at=at)
    if not lake.has_table(dataset):
        raise NotOpenable(
            dataset=dataset, reason="nothing has been collected yet", reason_zh="尚未归集任何数据"
        )
    return entry, fields


@transaction.atomic
def withdraw_release(*, dataset: str, by: Actor, at: datetime, reason: str) -> None:
    """Take a data set out of the open domain: its rows and files are no longer served.

    A release that is being made in the background is given up: what was withdrawn does not come back by itself.

    Raises:
        NotOpen: it is not open.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    # What the catalog no longer lets be served can still be withdrawn.
    row = models.Release.objects.filter(dataset=dataset, withdrawn_at=None).first()
    if row is None:
        raise NotOpen(dataset=dataset)
    release = queries.value_of(row)
    policy.require("opendata.open", by=by, office=catalog.entry(dataset).owner)
    models.Release.objects.filter(id=release.id).update(withdrawn_at=at)
    tables.drop_table(release)
    counting.forget(release.id)
    models.Opening.objects.filter(dataset=dataset, ended_at=None).update(
        state=OpeningState.CANCELLED, ended_at=at
    )
    catalog_services.note_formats(dataset=dataset, formats=(), at=at)
    audit.record("opendata.withdrawn", target=f"open/{dataset}", by=by, at=at, reason=reason)
    outbox.publish(DataSetWithdrawn(dataset=dataset, release=release.id), at=at)


def count_download(*, dataset: str, format: str, at: datetime) -> None:  # noqa: A002 - the field's own word
    """Add one to the day's downloads of a file."""
    row, _ = models.Download.objects.get_or_create(dataset=dataset, format=format, day=day_of(at))
    models.Download.objects.filter(id=row.id).update(count=F("count") + 1)


def _next_release(dataset: str, licence: str, fields: Any, *, by: Actor, at: datetime) -> Release:
    last = models.Release.objects.filter(dataset=dataset).order_by("-number").first()
    return Release(
        id=str(uuid.uuid4()),
        dataset=dataset,
        number=last.number + 1 if last else 1,
        licence=licence,
        columns=preparing.open_columns(fields),
        rows=0,
        files=(),
        masked=tuple(field.id for field in fields if preparing.needs_mask(field)),
        released_at=at,
        released_by=by.name,
    )


def _publish_rows(
    release: Release, schema: DataSetDeclaration, fields: Any, decision: Decision
) -> tuple[Release, Mended]:
    table, key = lake.current(schema.dataset), masking_key()

    def masked() -> Any:
        return preparing.open_rows(table, fields, decision, key=key)

    mended = disclosure.require(schema, release.columns, masked)
    release = replace(release, columns=tuple(_column(each, mended) for each in release.columns))

    def rows() -> Any:
        return mended.rows(masked())

    finder = places.finder(release.columns)
    count = tables.create_table(release, rows(), box_of=finder.note if finder else None)
    release = replace(release, rows=count, extent=finder.extent if finder else None)
    counting.count_ahead(release)
    with TemporaryDirectory(prefix="shuzhi-release-") as folder:
        written = write_files(Path(folder), release.columns, rows, count)
        stored = tuple(_store(form, file) for form, file in written.items())
    return replace(release, files=stored), mended


def _column(column: Column, mended: Mended) -> Column:
    """A column whose values went into larger classes holds texts."""
    return replace(column, type=FieldType.TEXT) if column.id in mended.steps else column


def _store(form: str, file: Path) -> OpenFile:
    with file.open("rb") as stream:
        stored = file_store().put(stream, file.name)
    return OpenFile(form, MEDIA_TYPES[form], stored.sha256, stored.size)


def _replace_current(release: Release, *, at: datetime) -> None:
    current = models.Release.objects.filter(dataset=release.dataset, withdrawn_at=None).first()
    if current is not None:
        # First the row, then the table, as a withdrawal does: two who do both at once never wait for each other.
        models.Release.objects.filter(id=current.id, withdrawn_at=None).update(withdrawn_at=at)
        tables.drop_table(queries.value_of(current))
        counting.forget(str(current.id))
    models.Release.objects.create(
        id=release.id,
        dataset=release.dataset,
        number=release.number,
        licence=release.licence,
        columns=[
            {"id": column.id, "name": column.name.model_dump(), "type": column.type.value}
            for column in release.columns
        ],
        masked=list(release.masked),
        rows=release.rows,
        files=[asdict(file) for file in release.files],
        resources=[resource_id(release.dataset, file.format) for file in release.files],
        released_at=release.released_at,
        released_by=release.released_by,
        extent=asdict(release.extent) if release.extent else None,
    )
