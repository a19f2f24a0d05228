"""Searching the catalog: words, facets, exact totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import search as catalog
from shuzhi.data.catalog.types import Access, Status
from shuzhi.data.opendata import queries as opendata
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Demo, Field, Pages, Row, Said, Table, Tag, Tags
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import Titles, asked_for, name_of, page, page_number, said

COLUMNS = (
    Column("title", Said("数据集", "Data set"), sortable=True),
    Column("owner", Said("部门", "Owner")),
    Column("theme", Said("主题", "Theme")),
    Column("sharing", Said("共享", "Sharing")),
    Column("opening", Said("开放", "Opening")),
    Column("fields", Said("字段", "Fields"), "number"),
    Column("state", Said("状态", "State"), "chips"),
    Column("newest", Said("更新", "Changed"), "date", sortable=True),
)
FACETS: dict[str, Said] = {
    "status": Said("状态", "State"),
    "owner": Said("部门", "Owner"),
    "theme": Said("主题", "Theme"),
    "sharing": Said("共享属性", "Sharing"),
    "opening": Said("开放属性", "Opening"),
}
FACET_SHOWN = 8


@requires("catalog.read")
def search(request: HttpRequest) -> HttpResponse:
    """What fits the words and the facets; a fixed number of statements whatever is found."""
    asked = asked_for(request, "q", "sort", *FACETS)
    number = page_number(request)
    question = catalog.Question(
        text=asked.get("q", ""),
        filters={name: asked[name] for name in FACETS if name in asked},
        order=asked.get("sort", "title"),
        page=number,
    )
    found = catalog.search(question)
    offices = opendata.publishers()
    return page(
        request,
        "staff/catalog/search.html",
        title=Said("数据目录", "Catalog"),
        lead=Said(
            f"共 {found.total:,d} 个数据集。没有编目的数据，不能共享，也不能开放。",
            f"{found.total:,d} data sets. What is not in the catalog can be neither shared nor opened.",
        ),
        facets=[_facet(name, found.facets[name], asked, offices) for name in FACETS],
        table=_table(found, asked, number, offices),
    )


def _table(found: catalog.Answer, asked: dict[str, str], number: int, offices: Titles) -> Table:
    words = Field(
        name="q",
        label=Said("名称、字段或说明", "Title, field or description"),
        control="search",
        in_filter=True,
        required=False,
        value=asked.get("q", ""),
    )
    return Table(
        id="catalog",
        caption=Said("查到的数据集", "Data sets found"),
        columns=COLUMNS,
        rows=[_row(row, offices) for row in found.rows],
        query=asked,
        pages=Pages(number, catalog.PAGE, found.total),
        filters=(words,),
        empty=Said(
            "没有符合条件的数据集。换个词，或去掉上面的条件。",
            "Nothing fits. Try another word, or remove a filter.",
        ),
    )


def _row(row: catalog.Row, offices: Titles) -> Row:
    return Row(
        cells={
            "title": Cell(said(row.title), under=[row.id, Demo()] if row.synthetic else row.id),
            "owner": name_of(offices, row.owner),
            "theme": titles.theme(row.theme),
            "sharing": titles.SHARING[Access(row.sharing)],
            "opening": titles.OPENING[Access(row.opening)],
            "fields": row.field_count,
            "state": titles.state_chip(titles.ENTRY, Status(row.status)),
            "newest": row.modified_at,
        },
        url=reverse("staff:dataset", args=[row.id]),
    )


def _facet(name: str, counts: Mapping[str, int], asked: dict[str, str], offices: Titles) -> Tags:
    label = _labels(offices)[name]
    on = asked.get(name)
    shown = [(value, count) for value, count in counts.items() if value == on] + [
        (value, count) for value, count in counts.items() if value != on
    ]
    return Tags(
        FACETS[name],
        [
            Tag(label(value), _address(asked, name, "" if value == on else value), count, on=value == on)
            for value, count in shown[:FACET_SHOWN]
        ],
    )


def _labels(offices: Titles) -> dict[str, Callable[[str], Said]]:
    return {
        "status": lambda value: titles.ENTRY[Status(value)][0],
        "owner": lambda value: name_of(offices, value),
        "theme": titles.theme,
        "sharing": lambda value: titles.SHARING[Access(value)],
        "opening": lambda value: titles.OPENING[Access(value)],
    }


def _address(asked: dict[str, str], name: str, value: str) -> str:
    kept = {**asked, name: value}
    return "?" + urlencode({key: each for key, each in kept.items() if each})
