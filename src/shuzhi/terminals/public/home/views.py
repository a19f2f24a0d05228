"""The first page: one question, and what is behind it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.opendata import queries as opendata
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types.said import Words
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.opendata.portal import described

NEWEST = 4


@open_to_public("the home page is for everyone")
def home(request: HttpRequest) -> HttpResponse:
    """Search, subjects, the newest data sets, who opens them."""
    question = Question(public=True, order="newest", size=NEWEST, facets=("theme", "owner"))
    found = search.find(question)
    publishers = opendata.publishers()
    open_now, rows = opendata.totals()
    context = {
        "place_now": "home",
        "total": found.total,
        "open_now": open_now,
        "rows": rows,
        "newest": described(found.ids, publishers),
        "themes": [
            _door(name, theme_title(name), "theme", count) for name, count in found.facets["theme"].items()
        ],
        "owners": [
            (publishers.get(name, name), f"/offices/{name}/", count)
            for name, count in found.facets["owner"].items()
        ],
    }
    return render(request, "public/home.html", context)


def _door(name: str, title: Words, facet: str, count: int) -> tuple[Words, str, int]:
    return title, asking.address("/data/", {facet: name}), count
