"""Searching the catalog: words, filters, facets, exact totals; a fixed number of statements whatever is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Func, Q, QuerySet

from shuzhi.data.catalog import models, tallies
from shuzhi.data.catalog.types import Access, Status
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words

PAGE = 20
FACETS = ("owner", "theme", "opening", "sharing", "tier", "status")
PUBLIC_FACETS = ("owner", "theme", "opening", "formats")
ARRAYS = tallies.ARRAYS
MANY = 2_000
FILTERS = frozenset({*FACETS, *PUBLIC_FACETS})
ORDERS = {"title": ("title_sort", "id"), "newest": ("-modified_at", "id")}


@dataclass(frozen=True)
class Question:
    """What somebody looks for. `filters` maps a facet to the value it must have."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    public: bool = False
    order: str = "title"
    page: int = 1
    size: int = PAGE
    facets: tuple[str, ...] = FACETS


@dataclass(frozen=True)
class Row:
    """A catalog entry as a list shows it."""

    id: str
    title: Words
    owner: str
    theme: str
    status: str
    sharing: str
    opening: str
    update: str
    tier: str
    node: str | None
    synthetic: bool
    field_count: int
    publisher: str | None
    formats: tuple[str, ...]
    tags: tuple[str, ...]
    modified_at: datetime


@dataclass(frozen=True)
class Found:
    """What one page holds, how much there is, and how it divides."""

    ids: list[str]
    total: int
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Answer:
    """The same with the entries of the page."""

    rows: list[Row]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def find(question: Question) -> Found:
    """Which entries hold every word of the question, in the order asked for."""
    counts = tallies.tally(matching(question), question.facets)
    facets = {name: counts.facets.get(name, {}) for name in question.facets}
    return Found(_page(question, counts.total), counts.total, facets)


def search(question: Question) -> Answer:
    """Entries that hold every word of the question, in the order asked for."""
    found = find(question)
    columns = [name for name in Row.__dataclass_fields__ if name != "title"]
    rows = models.Entry.objects.filter(id__in=found.ids).values(*columns, "title_zh", "title_en")
    by_id = {row["id"]: _row(row) for row in rows}
    return Answer([by_id[name] for name in found.ids if name in by_id], found.total, found.facets)


def _page(question: Question, total: int) -> list[str]:
    """The ids of the page, along the order's index where much was found: then the page is full after a few steps."""
    start = (question.page - 1) * question.size
    if start >= total:
        return []
    found = matching(question)
    order = ORDERS.get(question.order, ORDERS["title"])
    if total < MANY:
        # The few that the words' index finds are sorted; along the order's index one would look for them long.
        found = models.Entry.objects.filter(id__in=list(found.order_by().values_list("id", flat=True)))
    return list(found.order_by(*order).values_list("id", flat=True)[start : start + question.size])


def matching(question: Question) -> QuerySet[models.Entry]:
    """The entries that answer a question, unordered."""
    found = models.Entry.objects.all()
    if question.public:
        found = found.filter(visible_to_public())
    for word in storable(question.text).split():
        # The search text is kept upper-cased, so that one comparison finds every way of writing a word.
        found = found.filter(search_text__contains=word.upper())
    for name, value in question.filters.items():
        if name in ARRAYS and value:
            found = found.filter(**{f"{name}__contains": [storable(value)]})
        elif name in FILTERS and value:
            found = found.filter(**{name: storable(value)})
    if question.tags:
        found = found.filter(tags__contains=[storable(tag) for tag in question.tags])
    return found


def visible_to_public() -> Q:
    """What the public portal lists: published, and not of the class that is never opened."""
    return Q(status=Status.PUBLISHED.value) & ~Q(opening=Access.NONE.value)


def edition(question: Question) -> tuple[str, datetime | None]:
    """A digest that changes with every change of the entries found, and the time of the last one."""
    rows = matching(question).order_by("id").values_list("id", "version", "modified_at")
    digest, latest = hashlib.sha256(), None
    for name, version, modified_at in rows.iterator(chunk_size=5000):
        digest.update(f"{name} {version} {modified_at.isoformat()}\n".encode())
        latest = max(latest, modified_at) if latest else modified_at
    return digest.hexdigest(), latest


def tag_counts(question: Question) -> dict[str, int]:
    """How many of the found entries carry each tag."""
    return dict(sorted(facet_of(matching(question), "tags").items()))


def facet(question: Question, name: str) -> dict[str, int]:
    """How the found entries divide by one facet."""
    return facet_of(matching(question), name)


def facet_of(found: QuerySet[models.Entry], name: str) -> dict[str, int]:
    """How entries that were found already divide by one facet, the most frequent first."""
    each = Func(F(name), function="unnest") if name in ARRAYS else F(name)
    counts = found.order_by().values_list(each).annotate(count=Count("id")).order_by("-count", each)
    return dict(counts)


def _row(row: dict[str, object]) -> Row:
    title = Words(zh=str(row.pop("title_zh")), en=str(row.pop("title_en")))
    row["tags"], row["formats"] = tuple(row["tags"]), tuple(row["formats"])  # type: ignore[arg-type]
    return Row(title=title, **row)  # type: ignore[arg-type]
