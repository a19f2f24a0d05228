from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.sources import models
from shuzhi.data.sources.errors import NoSuchBatch, NoSuchSource
from shuzhi.data.sources.types import (
    Batch,
    Kind,
    Mode,
    Notice,
    Page,
    Progress,
    QuarantinedCell,
    Receipts,
    Root,
    Source,
    SourceDeclaration,
    Status,
    Step,
)
from shuzhi.foundation.words import Words

CELLS_A_PAGE = 50


def sources(*, office: str | None = None, dataset: str | None = None) -> list[Source]:
    """Registered sources by id."""
    rows = models.Source.objects.order_by("id")
    if office is not None:
        rows = rows.filter(office=office)
    if dataset is not None:
        rows = rows.filter(dataset=dataset)
    return [source_value(row) for row in rows]


def source(source_id: str) -> Source:
    """One source.

    Raises:
        NoSuchSource: none is registered under this id.
    """
    row = models.Source.objects.filter(id=source_id).first()
    if row is None:
        raise NoSuchSource(source=source_id)
    return source_value(row)


def batch(batch_id: str) -> Batch:
    """One batch with its receipt.

    Raises:
        NoSuchBatch: there is none.
    """
    row = models.Batch.objects.filter(id=batch_id).first()
    if row is None:
        raise NoSuchBatch(batch=batch_id)
    return batch_value(row)


def batches(
    *,
    source: str | None = None,
    dataset: str | None = None,
    office: str | None = None,
    status: Status | None = None,
    most: int = 200,
    page: int = 1,
) -> list[Batch]:
    """Batches, the newest first, `most` on a page."""
    rows = _batches(source=source, dataset=dataset, office=office, status=status)
    first = (page - 1) * most
    shown = rows.order_by("-received_at", "-seq", "id")[first : first + most]
    return [batch_value(row) for row in shown]


def receipts(
    *,
    source: str | None = None,
    dataset: str | None = None,
    office: str | None = None,
    status: Status | None = None,
) -> Receipts:
    """How many batches there are, and the sum of their receipts; one statement."""
    rows = _batches(source=source, dataset=dataset, office=office, status=status)
    summed = rows.aggregate(
        batches=Count("id"), received=Sum("received"), accepted=Sum("accepted"), latest_at=Max("received_at")
    )
    return Receipts(
        batches=summed["batches"],
        received=int(summed["received"] or 0),
        accepted=int(summed["accepted"] or 0),
        latest_at=summed["latest_at"],
    )


def latest_batches() -> dict[str, Batch]:
    """The newest batch of every source, by source; one statement."""
    rows = models.Batch.objects.order_by("source_id", "-seq").distinct("source_id")
    return {row.source_id: batch_value(row) for row in rows}


def find_batches(text: str, *, most: int) -> list[Batch]:
    """Batches whose id or file name contains a text, the newest first."""
    rows = models.Batch.objects.filter(Q(id__icontains=text) | Q(file_name__icontains=text))
    return [batch_value(row) for row in rows.order_by("-received_at", "id")[:most]]


def progress(batches: Iterable[str]) -> dict[str, Progress]:
    """How far each of these batches is, of those that are being collected; one statement."""
    rows = models.Progress.objects.filter(batch_id__in=list(batches))
    return {
        row.batch_id: Progress(
            step=Step(row.step),
            expected=row.expected,
            read=row.read,
            accepted=row.accepted,
            quarantined=row.quarantined,
            duplicates=row.duplicates,
            written=row.written,
            at=row.at,
        )
        for row in rows
    }


def waiting_batches() -> list[Batch]:
    """Batches that are received or whose collecting broke off, in the order in which they must be collected."""
    rows = models.Batch.objects.filter(status__in=[Status.RECEIVED.value, Status.COLLECTING.value])
    return [batch_value(row) for row in rows.order_by("dataset", "seq")]


def quarantined(batch: str, page: int = 1, *, size: int = CELLS_A_PAGE) -> Page:
    """One page of a batch's quarantine, by row."""
    cells = _cells(batch)
    total = cells.count()
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    shown = cells[(page - 1) * size : page * size]
    return Page(tuple(_cell_value(cell) for cell in shown), page=page, pages=pages, total=total)


def quarantine_reasons(batch: str) -> dict[tuple[str | None, str], int]:
    """How many cells wait by field (None for whole rows) and reason: what the normative check of quality counts."""
    counted = models.QuarantinedCell.objects.filter(batch_id=batch).values("field", "reason")
    counted = counted.annotate(count=Count("row", distinct=True)).order_by("field", "reason")
    return {(row["field"], row["reason"]): row["count"] for row in counted}


def collected_datasets() -> list[str]:
    """Data sets of which a batch was ever collected, by id."""
    rows = models.Batch.objects.filter(status=Status.COLLECTED.value)
    return list(rows.order_by("dataset").values_list("dataset", flat=True).distinct())


def collected_fields() -> dict[str, list[str]]:
    """The data items (数据项) collected: the declared fields of every collected data set, by data set."""
    found = catalog.entries(ids=collected_datasets())
    return {
        entry.id: [field.id for field in entry.schema_.fields] for entry in sorted(found, key=lambda e: e.id)
    }


def latest_batch(source_id: str) -> Batch | None:
    """A source's newest collected batch, or None."""
    rows = models.Batch.objects.filter(source_id=source_id, status=Status.COLLECTED.value)
    row = rows.order_by("-seq").first()
    return batch_value(row) if row else None


def collected_times(batches: Iterable[str]) -> dict[str, datetime | None]:
    """When each of these batches was collected."""
    rows = models.Batch.objects.filter(id__in=list(batches))
    return dict(rows.values_list("id", "collected_at"))


def collected_so_far(datasets: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How many batches of each data set are collected, and the newest one's place in the order."""
    rows = models.Batch.objects.filter(dataset__in=list(datasets), status=Status.COLLECTED.value)
    counted = rows.values("dataset").annotate(count=Count("id"), newest=Max("seq")).order_by("dataset")
    return {row["dataset"]: (row["count"], row["newest"]) for row in counted}


def quarantined_rows(batch: str, *, field: str) -> int:
    """How many rows of a batch wait because of one field."""
    cells = models.QuarantinedCell.objects.filter(batch_id=batch, field=field)
    return cells.aggregate(rows=Count("row", distinct=True))["rows"] or 0


def batch_facts(batch: str) -> dict[str, Any]:
    """What reading a batch's file found besides rows, such as group captions with their declared totals."""
    return dict(models.Batch.objects.values_list("facts", flat=True).get(id=batch))


def _batches(**wanted: str | None) -> QuerySet[models.Batch]:
    given = {name: value for name, value in wanted.items() if value is not None}
    return models.Batch.objects.filter(**given)


def _cells(batch: str) -> QuerySet[models.QuarantinedCell]:
    return models.QuarantinedCell.objects.filter(batch_id=batch).order_by("row", "id")


def source_value(row: models.Source) -> Source:
    """A table row as the value that other rooms see."""
    declared = SourceDeclaration.model_validate(row.declared)
    return Source(
        id=row.id,
        title=declared.title,
        dataset=row.dataset,
        office=row.office,
        kind=Kind(row.kind),
        path=declared.path,
        root=Root(declared.root),
        mode=declared.mode,
        watermark=declared.watermark,
        reached=row.reached,
        table=declared.table,
        connection=declared.connection,
        options=declared.options,
        pack=row.pack,
        registered_at=row.registered_at,
    )


def batch_value(row: models.Batch) -> Batch:
    """A table row as the value that other rooms see."""
    problem = Words(zh=row.problem["zh"], en=row.problem["en"]) if row.problem else None
    return Batch(
        id=row.id,
        source=row.source_id,
        dataset=row.dataset,
        office=row.office,
        seq=row.seq,
        mode=Mode(row.mode),
        status=Status(row.status),
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        received=row.received,
        accepted=row.accepted,
        quarantined=row.quarantined,
        duplicates=row.duplicates,
        problem=problem,
        notices=tuple(Notice(n["code"], Words(zh=n["zh"], en=n["en"]), n["facts"]) for n in row.notices),
        repaired=row.facts.get("repaired", {}),
        received_at=row.received_at,
        collected_at=row.collected_at,
    )


def _cell_value(row: models.QuarantinedCell) -> QuarantinedCell:
    return QuarantinedCell(
        batch=row.batch_id,
        row=row.row,
        column=row.column,
        field=row.field,
        value=row.value,
        reason=row.reason,
        message=Words(zh=row.zh, en=row.en),
    )


def needs_file(sha256: str) -> bool:
    """Whether a batch came from this file."""
    return models.Batch.objects.filter(sha256=sha256).exists()
