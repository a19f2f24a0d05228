from __future__ import annotations

from collections.abc import Iterable

from shuzhi.data.catalog import models
from shuzhi.data.catalog.errors import NoSuchDataSet, NotCatalogued
from shuzhi.data.catalog.types import Access, DataSetDeclaration, Entry, Status, Update
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier


def entry(dataset: str) -> Entry:
    """One data set's entry.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
    """
    row = models.Entry.objects.filter(id=dataset).first()
    if row is None:
        raise NoSuchDataSet(dataset=dataset)
    return value_of(row)


def published_entry(dataset: str) -> Entry:
    """One data set's entry, if it is published.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
        NotCatalogued: the entry is not published.
    """
    found = entry(dataset)
    if found.status is not Status.PUBLISHED:
        raise NotCatalogued(dataset=dataset, status=found.status.value)
    return found


def entries(*, status: Status | None = None, ids: Iterable[str] | None = None) -> list[Entry]:
    """Entries by the sort key of their Chinese title."""
    rows = models.Entry.objects.order_by("title_sort", "id")
    if status is not None:
        rows = rows.filter(status=status.value)
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    return [value_of(row) for row in rows]


def node_titles() -> dict[str, Words]:
    """Titles of the nodes whose catalogs are harvested here, by node."""
    rows = models.Harvest.objects.order_by("node", "id").values_list("node", "title_zh", "title_en")
    return {node: Words(zh=zh, en=en) for node, zh, en in rows}


def value_of(row: models.Entry) -> Entry:
    """A table row as the value that other rooms see."""
    declared = DataSetDeclaration.model_validate(row.declared)
    return Entry(
        id=row.id,
        title=Words(zh=row.title_zh, en=row.title_en),
        summary=declared.summary,
        owner=row.owner,
        tier=Tier(row.tier),
        theme=row.theme,
        status=Status(row.status),
        sharing=Access(row.sharing),
        opening=Access(row.opening),
        update=Update(row.update),
        synthetic=row.synthetic,
        version=row.version,
        node=row.node,
        publisher=row.publisher,
        formats=tuple(row.formats),
        proposed_at=row.proposed_at,
        published_at=row.published_at,
        schema_=declared,
    )
