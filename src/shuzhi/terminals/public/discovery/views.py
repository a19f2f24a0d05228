"""sitemap.xml, robots.txt, and the catalog as DCAT."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import queries as opendata
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.errors import NoNode
from shuzhi.pillars.security.guard import open_to_public

FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
PAGES = ("/", "/data/", "/offices/", "/developers/", "/about/")
MOST_ADDRESSES = 45_000
"""A sitemap may hold 50,000."""


@open_to_public("the open catalog is for everyone, harvesters too")
def dcat(request: HttpRequest, form: str) -> HttpResponse:
    """The open catalog in one of DCAT's forms."""
    # rdflib is large: a web process loads it with the first harvester.
    from shuzhi.data.opendata.dcat import catalog_graph

    written, media_type = FORMS[form]
    base = request.build_absolute_uri("/").rstrip("/")
    ids = list(search.matching(Question(public=True)).order_by("id").values_list("id", flat=True))
    entries = catalog.entries(ids=ids)
    graph = catalog_graph(
        entries, opendata.releases_of(entries), opendata.publishers(), base=base, title=_title()
    )
    response = HttpResponse(graph.serialize(format=written), content_type=f"{media_type}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@open_to_public("the open catalog is for everyone, harvesters too")
def negotiated(request: HttpRequest) -> HttpResponse:
    """The catalog as the caller prefers it: a page for people, Turtle or JSON-LD for programs."""
    wanted = request.get_preferred_type(["text/html", "text/turtle", "application/ld+json"])
    target = {"text/turtle": "/catalog.ttl", "application/ld+json": "/catalog.jsonld"}.get(
        wanted or "", "/data/"
    )
    response = HttpResponseRedirect(target, status=303)
    response["Vary"] = "Accept"
    return response


@open_to_public("search engines may find what is open")
def sitemap(request: HttpRequest) -> HttpResponse:
    """Addresses of the pages that anyone may find."""
    base = request.build_absolute_uri("/").rstrip("/")
    body = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in _paths())
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@open_to_public("search engines must know what they may read")
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read."""
    text = f"User-agent: *\nDisallow: /staff/\nDisallow: /api/\nSitemap: {request.build_absolute_uri('/sitemap.xml')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _title() -> Words:
    try:
        node = organization.this_node().title
    except NoNode:
        return Words(zh="开放数据目录", en="Open data catalog")
    return Words(zh=f"{node.zh}开放数据目录", en=f"Open data catalog of {node.en}")


def _paths() -> Iterator[str]:
    yield from PAGES
    found = search.matching(Question(public=True)).order_by("id").values_list("id", flat=True)
    yield from (f"/data/{name}/" for name in found[:MOST_ADDRESSES])
