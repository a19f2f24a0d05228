"""sitemap.xml, robots.txt, and the catalog as DCAT."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import condition

from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata.catalogs import Edition, edition_of, written
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.errors import NoNode
from shuzhi.pillars.security.guard import open_to_public

FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
PAGES = ("/", "/data/", "/offices/", "/developers/", "/about/")
MOST_ADDRESSES = 45_000
"""A sitemap may hold 50,000."""


def _edition(request: HttpRequest, form: str) -> Edition:
    """Which state of the catalog is asked for, found once a request."""
    found: Edition | None = getattr(request, "_dcat_edition", None)
    if found is None:
        found = edition_of(form=form, base=request.build_absolute_uri("/").rstrip("/"), title=_title())
        request._dcat_edition = found  # type: ignore[attr-defined]  # noqa: SLF001 — ours, on the request at hand
    return found


def _etag(request: HttpRequest, form: str) -> str:
    return f'"{_edition(request, form).digest}"'


def _last_modified(request: HttpRequest, form: str) -> datetime | None:
    return _edition(request, form).modified_at


@open_to_public("the open catalog is for everyone, harvesters too")
@condition(etag_func=_etag, last_modified_func=_last_modified)
def dcat(request: HttpRequest, form: str) -> HttpResponse:
    """The open catalog in one of DCAT's forms; written once for each state of the catalog."""
    file = written(_edition(request, form), title=_title(), language=FORMS[form][0])
    response = HttpResponse(file, content_type=f"{FORMS[form][1]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = (
        "no-cache"  # may be kept, must be asked about: what is withdrawn is gone at once
    )
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
