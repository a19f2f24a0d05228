"""The portal (开放数据目录): search, divide by facets, sort, turn pages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.catalog.types import Access, Entry
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.recent import Recent
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Chip, Choice, Crumbs, Link, Pages, Said, Table, Tag
from shuzhi.terminals.design.types.said import Words, is_chinese
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.opendata import wording

SIZE = 10
MOST_VALUES = 8
# The address's word for a facet, and the catalog's.
FACETS = {"owner": "owner", "theme": "theme", "format": "formats", "opening": "opening"}
TITLES = {
    "owner": Said("提供单位", "Published by"),
    "theme": Said("主题", "Subject"),
    "format": Said("格式", "Format"),
    "opening": Said("开放方式", "How open"),
}
MOST_DRAWN = 200
SORTS = {"newest": Said("最近更新", "Newest first"), "title": Said("名称", "By title")}


_drawn: Recent[Hashable, SafeString] = Recent(MOST_DRAWN)


@dataclass(frozen=True)
class Facet:
    """One way to divide what was found."""

    title: Words
    values: list[Tag]
    more: list[Tag]


@dataclass(frozen=True)
class Found:
    """A data set as the list shows it."""

    entry: Entry
    release: Release | None
    publisher: Words
    theme: Words
    state: Chip
    update: Words
    only_chinese: bool


@open_to_public("the open catalog is for everyone")
def portal(request: HttpRequest) -> HttpResponse:
    """The open catalog."""
    asked = _asked(request)
    question = _question(asked, asking.page(request))
    found = search.find(question)
    publishers = opendata.publishers()
    pages = Pages(question.page, SIZE, found.total)
    context = {
        "place_now": "data",
        "asked": asked,
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),)),
        "total": found.total,
        "found": described(found.ids, publishers),
        "facets": _drawn_facets(found.facets, asked, publishers),
        "narrowed": _narrowed(asked, publishers),
        "sorts": [Choice(name, title) for name, title in SORTS.items()],
        "kept": [(name, asked[name]) for name in FACETS if asked[name]],
        "pages": pages,
        # The table's foot turns the pages of this list too.
        "turner": Table(id="found", caption="", columns=(), query=asked, pages=pages),
        "clear": asking.address(request.path, {}),
    }
    return render(request, "public/portal.html", context)


def described(ids: list[str], publishers: Mapping[str, Words]) -> list[Found]:
    """Data sets with what a list says of each; three statements however many."""
    entries = {entry.id: entry for entry in catalog.entries(ids=ids)}
    ordered = [entries[name] for name in ids if name in entries]
    releases = opendata.releases_of(ordered)
    return [_found(entry, releases.get(entry.id), publishers) for entry in ordered]


def _found(entry: Entry, release: Release | None, publishers: Mapping[str, Words]) -> Found:
    return Found(
        entry=entry,
        release=release,
        publisher=entry.publisher or publishers.get(entry.owner, entry.owner),
        theme=theme_title(entry.theme),
        state=wording.state(entry.opening, released=release is not None, foreign=entry.node is not None),
        update=wording.UPDATES[entry.update],
        only_chinese=wording.only_chinese(entry),
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {"q": asking.text(request, "q")}
    asked |= {name: asking.text(request, name) for name in FACETS}
    return {**asked, "sort": asking.one_of(request, "sort", SORTS, "newest")}


def _question(asked: Mapping[str, str], page: int) -> Question:
    return Question(
        text=asked["q"],
        filters={column: asked[name] for name, column in FACETS.items()},
        public=True,
        order=asked["sort"],
        page=page,
        size=SIZE,
        facets=tuple(FACETS.values()),
    )


def _drawn_facets(
    counts: Mapping[str, Mapping[str, int]], asked: Mapping[str, str], publishers: Mapping[str, Words]
) -> SafeString:
    """The facets as the page shows them: half of what the page costs, and the same for all its leaves and readers."""
    held = tuple((name, tuple(values.items())) for name, values in counts.items())
    language = "zh" if is_chinese() else "en"
    key = (language, tuple(asked.items()), held, tuple(publishers.items()))
    if (drawn := _drawn.get(key)) is None:
        facets = _facets(counts, asked, publishers)
        told = {"facets": facets, "lang": language}
        drawn = _drawn.keep(key, render_to_string("public/facets.html", told) if facets else SafeString(""))
    return drawn


def _facets(
    counts: Mapping[str, Mapping[str, int]], asked: Mapping[str, str], publishers: Mapping[str, Words]
) -> list[Facet]:
    facets = []
    for name, column in FACETS.items():
        values = [
            _tag(name, value, asked, publishers, count=count) for value, count in counts[column].items()
        ]
        if values:
            facets.append(Facet(TITLES[name], values[:MOST_VALUES], values[MOST_VALUES:]))
    return facets


def _narrowed(asked: Mapping[str, str], publishers: Mapping[str, Words]) -> list[Tag]:
    return [_tag(name, asked[name], asked, publishers) for name in FACETS if asked[name]]


def _tag(
    name: str, value: str, asked: Mapping[str, str], publishers: Mapping[str, Words], count: int | None = None
) -> Tag:
    on = asked[name] == value
    url = asking.address("/data/", asked, **{name: "" if on else value})
    return Tag(_label(name, value, publishers), url, count, on)


def _label(name: str, value: str, publishers: Mapping[str, Words]) -> Words:
    if name == "owner":
        return publishers.get(value, value)
    if name == "theme":
        return theme_title(value)
    if name == "opening":
        return wording.OPENINGS[Access(value)] if value in set(Access) else value
    return value.upper()
