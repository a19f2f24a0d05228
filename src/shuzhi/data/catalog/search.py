"""Searching the catalog: words, filters, facets, exact totals; a fixed number of statements whatever is found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Func, Q, QuerySet
from psycopg import sql

from shuzhi.data.catalog import models
from shuzhi.data.catalog.types import Access, Status
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words

PAGE = 20
FACETS = ("owner", "theme", "opening", "sharing", "tier", "status")
PUBLIC_FACETS = ("owner", "theme", "opening", "formats")
ARRAYS = frozenset({"formats", "tags"})
FILTERS = frozenset({*FACETS, *PUBLIC_FACETS})
ORDERS = {"title": ("title_sort", "id"), "newest": ("-modified_at", "id")}


_COUNT_ALL = "SELECT {name}, '', count({column}) FROM found"
_COUNT = "(SELECT {name}, {column}, count(*) FROM found GROUP BY 2)"
_COUNT_PARTS = "(SELECT {name}, part, count(*) FROM found, unnest({column}) AS part GROUP BY 2)"
_SURVEY = """
WITH found AS MATERIALIZED ({found}),
page AS (
    SELECT id, row_number() OVER (ORDER BY {order}) AS place FROM found ORDER BY {order} LIMIT %s OFFSET %s
)
SELECT NULL AS facet, id AS value, place AS count FROM page
UNION ALL {counts}
"""


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
class Answer:
    """One page of what was found, how much there is, and how it divides."""

    rows: list[Row]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def search(question: Question) -> Answer:
    """Entries that hold every word of the question, in the order asked for."""
    ids, counts = _surveyed(question)
    columns = [name for name in Row.__dataclass_fields__ if name != "title"]
    rows = models.Entry.objects.filter(id__in=ids).values(*columns, "title_zh", "title_en")
    by_id = {row["id"]: _row(row) for row in rows}
    return Answer(
        rows=[by_id[name] for name in ids if name in by_id],
        total=counts.pop("", {}).get("", 0),
        facets={name: counts.get(name, {}) for name in question.facets},
    )


def _surveyed(question: Question) -> tuple[list[str], dict[str, dict[str, int]]]:
    """The ids of the page and the counts of every facet; the whole count stands under "".

    The matching entries are read once and counted from there: reading them for each facet anew took most of
    the time with many entries.
    """
    order = ORDERS.get(question.order, ORDERS["title"])
    sorted_by = [name.removeprefix("-") for name in order]
    columns = list(dict.fromkeys(["id", *sorted_by, *question.facets]))
    found, values = matching(question).order_by().values(*columns).query.sql_with_params()
    counts = [_COUNT_ALL, *(_COUNT_PARTS if name in ARRAYS else _COUNT for name in question.facets)]
    named = [sql.Identifier(name) for name in ("id", *question.facets)]
    statement = sql.SQL(_SURVEY).format(
        found=sql.SQL(found),
        order=sql.SQL(", ").join(
            sql.SQL("{} DESC" if name.startswith("-") else "{}").format(
                sql.Identifier(name.removeprefix("-"))
            )
            for name in order
        ),
        counts=sql.SQL(" UNION ALL ").join(
            sql.SQL(count).format(column=name, name=sql.Literal(facet))
            for count, name, facet in zip(counts, named, ("", *question.facets), strict=True)
        ),
    )
    start = (question.page - 1) * question.size
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, question.size, start])
        answered = cursor.fetchall()
    facets: dict[str, dict[str, int]] = {}
    for facet, value, count in sorted((row for row in answered if row[0] is not None), key=_frequent_first):
        facets.setdefault(facet, {})[value] = count
    page = sorted((place, value) for facet, value, place in answered if facet is None)
    return [value for _, value in page], facets


def _frequent_first(row: tuple[str, str, int]) -> tuple[str, int, str]:
    return row[0], -row[2], row[1]


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
