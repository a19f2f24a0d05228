from __future__ import annotations

from collections.abc import Iterable

from shuzhi.data.catalog import models
from shuzhi.data.catalog.errors import NoSuchDataSet, NotCatalogued
from shuzhi.data.catalog.types import (
    Access,
    DataSetDeclaration,
    Entry,
    EntryVersion,
    LineageEdge,
    Status,
    Update,
)
from shuzhi.foundation.database.kept import Kept
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier

DEPTH = 4


def entry(dataset: str) -> Entry:
    """One data set's entry.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
    """
    found = _ENTRIES.found(dataset)
    if found is None:
        raise NoSuchDataSet(dataset=dataset)
    return found


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
    if ids is not None:
        found = _ENTRIES.some("WHERE id = ANY(%s) ORDER BY title_sort, id", [list(ids)])
        return [each for each in found if status in {None, each.status}]
    rows = models.Entry.objects.order_by("title_sort", "id")
    return [value_of(row) for row in (rows if status is None else rows.filter(status=status.value))]


def own_statuses() -> dict[str, Status]:
    """Where each of this node's own entries stands, by id; entries harvested from other nodes are not its own."""
    rows = models.Entry.objects.filter(node=None).order_by("id")
    return {name: Status(status) for name, status in rows.values_list("id", "status")}


def titles(ids: Iterable[str] | None = None) -> dict[str, Words]:
    """Titles by data set, for pages that name many with one query."""
    rows = models.Entry.objects.all() if ids is None else models.Entry.objects.filter(id__in=list(ids))
    return {id_: Words(zh=zh, en=en) for id_, zh, en in rows.values_list("id", "title_zh", "title_en")}


def synthetic_datasets(ids: Iterable[str]) -> set[str]:
    """Those of these data sets whose rows are invented."""
    rows = models.Entry.objects.filter(id__in=list(ids), synthetic=True)
    return set(rows.values_list("id", flat=True))


def versions(dataset: str) -> list[EntryVersion]:
    """A data set's earlier versions, the newest first."""
    rows = models.EntryVersion.objects.filter(entry=dataset).order_by("-version")
    return [
        EntryVersion(
            version=row.version,
            declared=DataSetDeclaration.model_validate(row.declared),
            at=row.at,
            by=row.by,
        )
        for row in rows
    ]


def lineage(thing: str, *, depth: int = DEPTH) -> list[LineageEdge]:
    """The way of the data to and from a thing (`dataset/x`, `register/y`), the oldest step first.

    At most `depth` steps either way, a statement a step; single batches are left out, their sources stand
    for them.
    """
    edges = [*_steps(thing, forward=False, depth=depth), *_steps(thing, forward=True, depth=depth)]
    return sorted(dict.fromkeys(edges), key=lambda edge: (edge.at, edge.origin, edge.target))


def _steps(thing: str, *, forward: bool, depth: int) -> list[LineageEdge]:
    here, there = ("origin", "target") if forward else ("target", "origin")
    found: list[LineageEdge] = []
    seen, wave = {thing}, {thing}
    for _ in range(depth):
        rows = models.LineageEdge.objects.filter(**{f"{here}__in": wave}).exclude(origin__startswith="batch/")
        edges = [_edge(row) for row in rows]
        found += edges
        wave = {getattr(edge, there) for edge in edges} - seen
        seen |= wave
        if not wave:
            break
    return found


def _edge(row: models.LineageEdge) -> LineageEdge:
    return LineageEdge(origin=row.origin, target=row.target, kind=row.kind, at=row.at)


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
        modified_at=row.modified_at,
        schema_=declared,
    )


_ENTRIES = Kept(models.Entry, value_of)
