from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import Access, Entry, FieldType, Status
from shuzhi.data.opendata import answering, models, preparing
from shuzhi.data.opendata.errors import NotOpen, NotOpenable
from shuzhi.data.opendata.types import (
    Column,
    Extent,
    OpenFile,
    OpeningCheck,
    OpeningPlan,
    OpeningState,
    OpeningTurn,
    Release,
    RowAnswer,
    RowQuestion,
    resource_id,
)
from shuzhi.foundation import lake
from shuzhi.foundation.clock import now
from shuzhi.foundation.database.kept import Kept
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization

_CURRENT = "WHERE withdrawn_at IS NULL AND dataset = ANY(%s) ORDER BY dataset"


def release(dataset: str) -> Release:
    """A data set's current release.

    Raises:
        NotOpen: it has none.
    """
    return release_with_entry(dataset)[0]


def release_with_entry(dataset: str) -> tuple[Release, Entry]:
    """A data set's current release and what the catalog says of it; two statements while both are as they were.

    Raises:
        NotOpen: it has none.
    """
    found = _RELEASES.some(_CURRENT, [[dataset]])
    if not found:
        raise NotOpen(dataset=dataset)
    try:
        entry = catalog.entry(dataset)
    except NoSuchDataSet as error:
        raise NotOpen(dataset=dataset) from error
    if not _still_open(found[0], entry):
        raise NotOpen(dataset=dataset)
    return found[0], entry


def releases(datasets: Iterable[str] | None = None) -> dict[str, Release]:
    """Current releases by data set; of the given data sets only, if any are given."""
    rows = models.Release.objects.filter(withdrawn_at=None)
    if datasets is not None:
        rows = rows.filter(dataset__in=list(datasets))
    values = [value_of(row) for row in rows.order_by("dataset")]
    entries = {entry.id: entry for entry in catalog.entries(ids=[value.dataset for value in values])}
    return {value.dataset: value for value in values if _still_open(value, entries.get(value.dataset))}


def releases_of(entries: Iterable[Entry]) -> dict[str, Release]:
    """Current releases of entries at hand, with one statement."""
    by_id = {entry.id: entry for entry in entries}
    values = _RELEASES.some(_CURRENT, [list(by_id)])
    return {value.dataset: value for value in values if _still_open(value, by_id[value.dataset])}


def latest_opening(dataset: str) -> OpeningTurn | None:
    """What became of the latest request to open a data set, or None where nobody asked; one statement."""
    rows = list(models.Opening.objects.filter(dataset=dataset).order_by("-id")[:10])
    if not rows:
        return None
    latest = rows[0]
    took = (_seconds(row) for row in rows if row.state == OpeningState.DONE)
    problem = latest.problem
    return OpeningTurn(
        state=OpeningState(latest.state),
        asked_at=latest.asked_at,
        since=latest.ended_at or latest.started_at or latest.asked_at,
        code=problem["code"] if problem else "",
        problem=Words(zh=problem["zh"], en=problem["en"]) if problem else None,
        took=next(took, None),
    )


def _seconds(row: models.Opening) -> float | None:
    begun, ended = row.started_at, row.ended_at
    return (ended - begun).total_seconds() if begun and ended else None


def opening_plan(entry: Entry, *, at: datetime) -> OpeningPlan:
    """What `open_dataset` would say to this entry now, check by check, without opening it."""
    published = entry.status is Status.PUBLISHED
    try:
        fields = preparing.openable_fields(entry.schema_, at=at)
        refusal = None
    except NotOpenable as found:
        fields, refusal = (), found
    checks = (
        OpeningCheck(
            Words(zh="目录已发布", en="The catalog entry is published"),
            published,
            None if published else Words(zh="由大数据局审核发布", en="The bureau reviews and publishes it"),
        ),
        OpeningCheck(
            Words(zh="开放属性和字段分级允许", en="Class and grades allow it"),
            refusal is None,
            Words(zh=str(refusal.facts["reason_zh"]), en=str(refusal.facts["reason"])) if refusal else None,
        ),
        _collected_check(entry.id),
    )
    return OpeningPlan(
        checks=checks,
        fields=tuple(field.id for field in fields),
        masked=tuple(field.id for field in fields if preparing.needs_mask(field)),
    )


def _collected_check(dataset: str) -> OpeningCheck:
    there = lake.has_table(dataset)
    missing = Words(zh="还没有一批归集成功", en="no batch has been collected yet")
    return OpeningCheck(
        Words(zh="已有归集的数据", en="Something is collected"), there, None if there else missing
    )


def release_of_resource(resource: str) -> tuple[Release, str]:
    """The release and the format that a resource id names.

    Raises:
        NotOpen: no open data set has that resource.
    """
    row = models.Release.objects.filter(withdrawn_at=None, resources__contains=[resource]).first()
    if row is None:
        raise NotOpen(dataset=resource)
    found = release(row.dataset)
    return found, next(f.format for f in found.files if resource_id(row.dataset, f.format) == resource)


def publishers() -> dict[str, Words]:
    """Who may stand as a data set's owner: our offices, and the nodes whose catalogs are harvested."""
    return {**catalog.node_titles(), **organization.office_titles()}


def publisher_of(entry: Entry) -> Words | None:
    """The title of an entry's owner, or None where nobody is known by that name; one statement for our own entries."""
    title = organization.office_title(entry.owner)
    return title or (catalog.node_titles().get(entry.owner) if entry.node else None)


def history(dataset: str) -> list[Release]:
    """Every release of a data set, the newest first."""
    return _RELEASES.some("WHERE dataset = %s ORDER BY number DESC", [dataset])


def rows(dataset: str, question: RowQuestion) -> RowAnswer:
    """Rows of an open data set and exactly how many match.

    Raises:
        NotOpen: it is not open.
        NoSuchColumn: the question names a column that is not open.
        RowsTooMany: it asks for too many rows at once.
    """
    return answering.answer(release(dataset), question)


def open_fields() -> dict[str, list[str]]:
    """The open data items of every open data set, as the catalog names them."""
    return {
        dataset: [column.id for column in found.columns if not column.id.endswith("__currency")]
        for dataset, found in releases().items()
    }


def edition() -> tuple[str, datetime | None]:
    """A digest that changes with every opening and withdrawal of a release, and the time of the last one."""
    rows = models.Release.objects.order_by("id").values_list("id", "released_at", "withdrawn_at")
    found = list(rows)
    digest = hashlib.sha256(repr(found).encode()).hexdigest()
    return digest, max((gone or made for _, made, gone in found), default=None)


def downloads(dataset: str) -> int:
    """How often a data set's files were downloaded."""
    counted = models.Download.objects.filter(dataset=dataset).aggregate(all=Sum("count"))
    return int(counted["all"] or 0)


def totals() -> tuple[int, int]:
    """How many data sets are open, and how many rows they hold together."""
    found = releases()
    return len(found), sum(release.rows for release in found.values())


def downloads_on(day: date) -> int:
    """Downloads of a day over all data sets."""
    return int(models.Download.objects.filter(day=day).aggregate(all=Sum("count"))["all"] or 0)


def conditional_release(dataset: str) -> Release:
    """The release of a data set that is open on conditions, for those who have agreed to them.

    Raises:
        NotOpen: it has none, or the catalog no longer allows it.
    """
    row = models.Release.objects.filter(withdrawn_at=None, dataset=dataset).first()
    entry = catalog.entries(ids=[dataset])
    if row is None or not entry or not _still_open(value_of(row), entry[0], on_conditions=True):
        raise NotOpen(dataset=dataset)
    return value_of(row)


def has_conditional_release(entry: Entry) -> bool:
    """Whether there is something to deliver to those who agree."""
    row = models.Release.objects.filter(withdrawn_at=None, dataset=entry.id).first()
    return row is not None and _still_open(value_of(row), entry, on_conditions=True)


def _still_open(release: Release, entry: Entry | None, *, on_conditions: bool = False) -> bool:
    """Whether the catalog still allows what was released; what it no longer allows is not served a moment longer.

    What is open on conditions is served to those who have agreed to them, and to nobody else.
    """
    if entry is None or entry.status is not Status.PUBLISHED or entry.opening is Access.NONE:
        return False
    if (entry.opening is Access.CONDITIONAL) is not on_conditions:
        return False
    return preparing.allows(entry.schema_, release, at=now())


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
        extent=_extent(row.extent),
    )


_RELEASES = Kept(models.Release, value_of)


def needs_file(sha256: str) -> bool:
    """Whether a release has this file."""
    return any(sha256 in str(files) for files in models.Release.objects.values_list("files", flat=True))


def _extent(said: dict[str, Any] | None) -> Extent | None:
    return Extent(**{**said, "box": tuple(said["box"])}) if said else None
