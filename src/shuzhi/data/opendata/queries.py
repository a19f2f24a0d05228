from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Sum

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata import models, tables
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.types import Column, OpenFile, Release, RowAnswer, RowQuestion
from shuzhi.foundation.words import Words


def release(dataset: str) -> Release:
    """A data set's current release.

    Raises:
        NotOpen: it has none.
    """
    row = models.Release.objects.filter(dataset=dataset, withdrawn_at=None).first()
    if row is None:
        raise NotOpen(dataset=dataset)
    return value_of(row)


def releases(datasets: Iterable[str] | None = None) -> dict[str, Release]:
    """Current releases by data set; of the given data sets only, if any are given."""
    rows = models.Release.objects.filter(withdrawn_at=None)
    if datasets is not None:
        rows = rows.filter(dataset__in=list(datasets))
    return {row.dataset: value_of(row) for row in rows.order_by("dataset")}


def history(dataset: str) -> list[Release]:
    """Every release of a data set, the newest first."""
    return [value_of(row) for row in models.Release.objects.filter(dataset=dataset).order_by("-number")]


def rows(dataset: str, question: RowQuestion) -> RowAnswer:
    """Rows of an open data set and exactly how many match.

    Raises:
        NotOpen: it is not open.
        NoSuchColumn: the question names a column that is not open.
        RowsTooMany: it asks for too many rows at once.
    """
    return tables.answer(release(dataset), question)


def open_fields() -> dict[str, list[str]]:
    """The open data items of every open data set, as the catalog names them."""
    return {
        dataset: [column.id for column in found.columns if not column.id.endswith("__currency")]
        for dataset, found in releases().items()
    }


def downloads(dataset: str) -> int:
    """How often a data set's files were downloaded."""
    counted = models.Download.objects.filter(dataset=dataset).aggregate(all=Sum("count"))
    return int(counted["all"] or 0)


def totals() -> tuple[int, int]:
    """How many data sets are open, and how many rows they hold together."""
    found = models.Release.objects.filter(withdrawn_at=None)
    return found.count(), int(found.aggregate(all=Sum("rows"))["all"] or 0)


def downloads_on(day: date) -> int:
    """Downloads of a day over all data sets."""
    return int(models.Download.objects.filter(day=day).aggregate(all=Sum("count"))["all"] or 0)


def value_of(row: models.Release) -> Release:
    """A table row as the value that other rooms see."""
    return Release(
        id=str(row.id),
        dataset=row.dataset,
        number=row.number,
        licence=row.licence,
        columns=tuple(
            Column(column["id"], Words(**column["name"]), FieldType(column["type"])) for column in row.columns
        ),
        rows=row.rows,
        files=tuple(OpenFile(**file) for file in row.files),
        masked=tuple(row.masked),
        released_at=row.released_at,
        released_by=row.released_by,
        withdrawn_at=row.withdrawn_at,
    )
