"""An office and what it has opened."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import queries as opendata
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Link, Pages, Said, Table
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.opendata.portal import described

SIZE = 10


@open_to_public("which offices open data is for everyone to know")
def offices(request: HttpRequest) -> HttpResponse:
    """Everybody who stands in the open catalog, with the number of data sets."""
    publishers = opendata.publishers()
    counts = search.facet(Question(public=True), "owner")
    context = {
        "place_now": "data",
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),)),
        "offices": [
            (publishers.get(name, name), f"/offices/{name}/", count) for name, count in counts.items()
        ],
    }
    return render(request, "public/offices.html", context)


@open_to_public("what an office has opened is for everyone to know")
def office(request: HttpRequest, name: str) -> HttpResponse:
    """One office's data sets."""
    publishers = opendata.publishers()
    page = asking.page(request)
    question = Question(public=True, filters={"owner": name}, order="title", page=page, size=SIZE, facets=())
    found = search.find(question)
    if name not in publishers and not found.total:
        raise Http404
    pages = Pages(page, SIZE, found.total)
    context = {
        "place_now": "data",
        "crumbs": Crumbs(
            (Link(Said("首页", "Home"), "/"), Link(Said("提供单位", "Publishers"), "/offices/"))
        ),
        "title": publishers.get(name, name),
        "total": found.total,
        "found": described(found.ids, publishers),
        "pages": pages,
        "turner": Table(id="found", caption="", columns=(), pages=pages),
    }
    return render(request, "public/office.html", context)
