"""Collecting a batch (归集). It may be killed anywhere and repeated: each step first looks for what is there.

file in the content store → batch row → quarantine and staging file → append to the lake, once, with the
receipt's figures in its snapshot → receipt.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources import keeping, models, progress, queries
from shuzhi.data.sources.binding import bind
from shuzhi.data.sources.captions import about_captions
from shuzhi.data.sources.errors import (
    BatchBusy,
    EarlierBatchWaiting,
    FarFewerRows,
    LaterBatchCollected,
    NoRowFits,
    NoSpaceForFile,
    NoSuchBatch,
    RowCountDiffers,
)
from shuzhi.data.sources.lake_schema import lake_schema
from shuzhi.data.sources.locking import dataset_lock
from shuzhi.data.sources.mishaps import full_disk_named, unreadable_named
from shuzhi.data.sources.quarantine import Quarantine
from shuzhi.data.sources.staging import stage_rows
from shuzhi.data.sources.types import Batch, BatchCollected, Mode, Notice, Source, Status, Step
from shuzhi.data.sources.verdicts import ACCEPT, DUPLICATE, Verdicts
from shuzhi.foundation import lake
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

Checkpoint = Callable[[str], None]

# What passes by itself: the batch stays where it is and is collected again.
PASSING = (BatchBusy, EarlierBatchWaiting, NoSpaceForFile, lake.LakeFull, lake.LakeUnreachable)


def collect_batch(*, batch: str, by: Actor, at: datetime, checkpoint: Checkpoint = lambda _: None) -> Batch:
    """Collect a received batch into the lake and write its receipt; a collected one is returned as it is.

    A file that can't be collected as a whole (unreadable, required columns missing) makes the batch `failed`
    with its problem. `checkpoint` is told the name of every step, for tests that break off there.

    Raises:
        NoSuchBatch: there is no such batch.
        BatchBusy: another process is collecting into the same data set.
        EarlierBatchWaiting: an earlier batch of the data set has not been collected yet.
        LaterBatchCollected: the batch failed, and a later one has been collected since.
        NoSpaceForFile, LakeFull, LakeUnreachable: repeat when there is space, or a connection.
        Forbidden: the actor does not speak for the office.
    """
    _renew_connection()
    found = queries.batch(batch)
    policy.require("sources.collect", by=by, office=found.office)
    with dataset_lock(found.dataset, batch=batch):
        found = _begin(batch)
        if found.status is Status.COLLECTED:
            return found
        checkpoint("begun")
        try:
            figures = _appended(found) or _append(found, checkpoint)
        except PASSING:
            raise
        except PlatformError as problem:
            return _fail(batch, problem, by=by, at=at)
        checkpoint("appended")
        done = _write_receipt(batch, figures, by=by, at=at)
        checkpoint("receipted")
    return done


@transaction.atomic
def _begin(batch: str) -> Batch:
    row = models.Batch.objects.select_for_update().filter(id=batch).first()
    if row is None:
        raise NoSuchBatch(batch=batch)
    if row.status == Status.COLLECTED.value:
        return queries.batch_value(row)
    _refuse_other_order(row)
    row.status, row.problem = Status.COLLECTING.value, None
    row.save(update_fields=["status", "problem"])
    return queries.batch_value(row)


def _refuse_other_order(row: models.Batch) -> None:
    """What is new is judged against what came before, so batches of a data set are collected in their order."""
    others = models.Batch.objects.filter(dataset=row.dataset)
    waiting = others.filter(seq__lt=row.seq, status__in=[Status.RECEIVED.value, Status.COLLECTING.value])
    if earlier := waiting.order_by("seq").first():
        raise EarlierBatchWaiting(
            earlier=earlier.id, batch=row.id, dataset=row.dataset, status=earlier.status
        )
    later = others.filter(seq__gt=row.seq, status=Status.COLLECTED.value).order_by("seq").first()
    if later is not None:
        raise LaterBatchCollected(batch=row.id, later=later.id)


def _appended(batch: Batch) -> dict[str, Any] | None:
    """The receipt's figures, if an earlier attempt got as far as the lake."""
    found = lake.find_batch(batch.dataset, batch.id)
    return dict(found.facts) if found is not None else None


def _append(batch: Batch, checkpoint: Checkpoint) -> dict[str, Any]:
    declared = catalog.entry(batch.dataset).schema_
    place = settings().home / "tmp" / "collect" / batch.id
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        return _read_and_append(batch, declared, place, checkpoint)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _read_and_append(
    batch: Batch, declared: DataSetDeclaration, place: Path, checkpoint: Checkpoint
) -> dict[str, Any]:
    from shuzhi.data.sources.reading import open_table

    source = queries.source(batch.source)
    quarantine = Quarantine(batch.id)
    meter = progress.Meter(batch.id, expected=_declared_rows(batch))
    with (
        unreadable_named(batch.file_name),
        keeping.opened_under_name(batch.sha256, batch.file_name, place=place) as file,
        open_table(file, options=read_options(source)) as reader,
    ):
        binding = bind(reader.columns, declared, batch.mode)
        staged = stage_rows(
            reader,
            binding=binding,
            declared=declared,
            quarantine=quarantine,
            into=place / "staged.parquet",
            meter=meter,
        )
    _refuse_parts(batch, source, staged.received)
    checkpoint("staged")
    meter.enter(Step.JUDGING, read=staged.received, quarantined=staged.quarantined)
    with (
        full_disk_named(batch.file_name),
        Verdicts(staged.file, declared=declared, mode=batch.mode) as verdicts,
    ):
        counts = verdicts.counts()
        figures = {
            "received": staged.received,
            "accepted": counts.get(ACCEPT, 0),
            "duplicates": counts.get(DUPLICATE, 0),
            "quarantined": staged.quarantined + verdicts.quarantine(quarantine),
            "repaired": verdicts.repaired(),
            "notices": [_notice(notice) for notice in (*binding.notices, *about_captions(reader.captions))],
        }
        _refuse_nothing(batch, figures)
        checkpoint("judged")
        meter.enter(
            Step.WRITING, **{name: figures[name] for name in ("accepted", "quarantined", "duplicates")}
        )
        lake.append(
            dataset=batch.dataset,
            batch=batch.id,
            seq=batch.seq,
            mode=batch.mode.value,
            rows=meter.appended(verdicts.accepted()),
            schema=lake_schema(declared),
            key=declared.key,
            source=batch.source,
            facts=lambda: figures,
        )
    return figures


def read_options(source: Source) -> Any:
    """What the source's declaration fixes about reading its files."""
    from shuzhi.data.sources.reading import ReadOptions

    options = source.options
    return ReadOptions(
        table=options.sheet or source.table,
        encoding=options.encoding,
        delimiter=options.delimiter,
        header_row=options.header_row,
    )


def _refuse_parts(batch: Batch, source: Source, received: int) -> None:
    """Half a file must not pass for a whole one."""
    declared = _declared_rows(batch)
    if declared is not None and declared != received:
        raise RowCountDiffers(declared=declared, received=received)
    before = _last_full(batch)
    if batch.mode is not Mode.FULL or before is None:
        return
    share = source.options.least_share or 0
    if received < before.received * share or (before.accepted and not received):
        raise FarFewerRows(received=received, before=before.received, share=share or "> 0")


def _declared_rows(batch: Batch) -> int | None:
    rows: int | None = models.Batch.objects.values_list("declared_rows", flat=True).get(id=batch.id)
    return rows


def _refuse_nothing(batch: Batch, figures: dict[str, Any]) -> None:
    before = _last_full(batch)
    if batch.mode is Mode.FULL and before and before.accepted and not figures["accepted"]:
        raise NoRowFits(received=figures["received"])


def _last_full(batch: Batch) -> models.Batch | None:
    full = models.Batch.objects.filter(source_id=batch.source, mode=Mode.FULL.value, seq__lt=batch.seq)
    return full.filter(status=Status.COLLECTED.value).order_by("-seq").first()


@transaction.atomic
def _write_receipt(batch: str, figures: dict[str, Any], *, by: Actor, at: datetime) -> Batch:
    row = models.Batch.objects.select_for_update().get(id=batch)
    counted = {name: figures[name] for name in ("received", "accepted", "quarantined", "duplicates")}
    for name, value in counted.items():
        setattr(row, name, value)
    row.notices, row.facts = figures["notices"], {"repaired": figures["repaired"]}
    row.status, row.collected_at = Status.COLLECTED.value, at
    row.save()
    progress.forget(batch)
    if row.reaches is not None:
        models.Source.objects.filter(id=row.source_id).update(reached=row.reaches)
    audit.record("sources.batch_collected", target=f"batch/{batch}", by=by, at=at, **counted)
    catalog_services.record_lineage(
        origin=f"batch/{batch}", target=f"dataset/{row.dataset}", kind="collected", at=at, **counted
    )
    outbox.publish(BatchCollected(batch=batch, source=row.source_id, dataset=row.dataset), at=at)
    return queries.batch_value(row)


@transaction.atomic
def _fail(batch: str, problem: PlatformError, *, by: Actor, at: datetime) -> Batch:
    row = models.Batch.objects.select_for_update().get(id=batch)
    row.status = Status.FAILED.value
    row.problem = {"code": problem.code, "zh": problem.message_zh, "en": str(problem)}
    row.save(update_fields=["status", "problem"])
    progress.forget(batch)
    audit.record(
        "sources.batch_failed", target=f"batch/{batch}", by=by, at=at, outcome="failed", code=problem.code
    )
    return queries.batch_value(row)


def _notice(notice: Notice) -> dict[str, Any]:
    words = notice.message
    return {"code": notice.code, "zh": words.zh, "en": words.en, "facts": dict(notice.facts)}


def _renew_connection() -> None:
    """After the database was away, the old connection is of no more use."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
