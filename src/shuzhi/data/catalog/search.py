"""Searching the catalog: words, filters, facets, exact totals; a fixed number of statements whatever is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from shuzhi.data.catalog import models
from shuzhi.data.catalog.types import Access, Status
from shuzhi.foundation.words import Words

PAGE = 20
FACETS = ("owner", "theme", "opening", "sharing", "tier", "status")
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
    tags: tuple[str, ...]
    modified_at: datetime


@dataclass(frozen=True)
class Answer:
    """One page of what was found, how much there is, and how it divides."""

    rows: list[Row]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def search(question: Question) -> Answer:
    """Entries that hold every word of the question, in the order asked for."""
    found = matching(question)
    start = (question.page - 1) * question.size
    columns = [name for name in Row.__dataclass_fields__ if name != "title"]
    rows = found.order_by(*ORDERS.get(question.order, ORDERS["title"])).values(
        *columns, "title_zh", "title_en"
    )
    return Answer(
        rows=[_row(row) for row in rows[start : start + question.size]],
        total=found.count(),
        facets={name: _facet(found, name) for name in FACETS},
    )


def matching(question: Question) -> QuerySet[models.Entry]:
    """The entries that answer a question, unordered."""
    found = models.Entry.objects.all()
    if question.public:
        found = found.filter(visible_to_public())
    for word in question.text.split():
        # Upper-cased containment is what the trigram index on the search text answers.
        found = found.filter(search_text__icontains=word)
    for name, value in question.filters.items():
        if name in FACETS and value:
            found = found.filter(**{name: value})
    if question.tags:
        found = found.filter(tags__contains=list(question.tags))
    return found


def visible_to_public() -> Q:
    """What the public portal lists: published, and not of the class that is never opened."""
    return Q(status=Status.PUBLISHED.value) & ~Q(opening=Access.NONE.value)


def tag_counts(question: Question) -> dict[str, int]:
    """How many of the found entries carry each tag."""
    counts: dict[str, int] = {}
    for tags in matching(question).exclude(tags=[]).values_list("tags", flat=True):
        for tag in tags:
            counts[tag] = counts.get(tag, 0) + 1
    return dict(sorted(counts.items()))


def facet(question: Question, name: str) -> dict[str, int]:
    """How the found entries divide by one facet."""
    return _facet(matching(question), name)


def _facet(found: QuerySet[models.Entry], name: str) -> dict[str, int]:
    counts = found.order_by().values_list(name).annotate(count=Count("id")).order_by("-count", name)
    return dict(counts)


def _row(row: dict[str, object]) -> Row:
    title = Words(zh=str(row.pop("title_zh")), en=str(row.pop("title_en")))
    row["tags"] = tuple(row["tags"])  # type: ignore[arg-type]
    return Row(title=title, **row)  # type: ignore[arg-type]
