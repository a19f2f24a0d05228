"""What describes an open data set to programs, and feeds of changes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from shuzhi.data.catalog.search import Question
from shuzhi.data.catalog.types import Entry
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.changes import Change, changes
from shuzhi.data.opendata.describing import feeds
from shuzhi.data.opendata.describing.csvw import csvw
from shuzhi.data.opendata.describing.frictionless import data_package
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.opendata.dataset import public_entry
from shuzhi.terminals.public.opendata.portal import FACETS

TITLE = Words(zh="开放数据变更", en="Changes of the open data")


@open_to_public("what describes open data is open")
@require_safe
def csv_metadata(request: HttpRequest, name: str) -> HttpResponse:
    """The CSV file's metadata, where CSV on the Web looks for it."""
    entry, release = _open(name)
    said = csvw(entry, release, _publisher(entry), base=_base(request))
    return _json(said, "application/csvm+json")


@open_to_public("what describes open data is open")
@require_safe
def datapackage(request: HttpRequest, name: str) -> HttpResponse:
    """The Frictionless data package."""
    entry, release = _open(name)
    return _json(data_package(entry, release, _publisher(entry), base=_base(request)), "application/json")


def _feed(request: HttpRequest, form: str, name: str = "") -> list[Change]:
    """The changes that a feed tells, found once a request."""
    del form
    found: list[Change] | None = getattr(request, "_changes", None)
    if found is None:
        filters = {column: asking.text(request, asked) for asked, column in FACETS.items()}
        question = Question(text=asking.text(request, "q"), filters=filters, public=True)
        found = changes(datasets=[name]) if name else changes(question=question)
        request._changes = found  # type: ignore[attr-defined]  # noqa: SLF001 — ours, on the request at hand
    return found


def _last_modified(request: HttpRequest, form: str, name: str = "") -> datetime | None:
    found = _feed(request, form, name)
    return found[0].at if found else None


@open_to_public("changes of the open catalog are for everyone")
@require_safe
@condition(last_modified_func=_last_modified)
def feed(request: HttpRequest, form: str, name: str = "") -> HttpResponse:
    """Changes of the catalog as the address narrows it (the portal's filters), or of one data set."""
    title = TITLE
    if name:
        entry = public_entry(name)
        title = Words(zh=f"{entry.title.zh}：变更", en=f"{entry.title.said('en')}: changes")
    body = feeds.FORMS[form](
        _feed(request, form, name),
        queries.publishers(),
        base=_base(request),
        here=request.build_absolute_uri(),
        title=title,
    )
    response = HttpResponse(body, content_type=f"{feeds.MEDIA_TYPES[form]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _open(name: str) -> tuple[Entry, Release]:
    entry = public_entry(name)
    release = queries.releases_of([entry]).get(name)
    if release is None:
        raise NotOpen(dataset=name)
    return entry, release


def _publisher(entry: Entry) -> Words:
    if entry.publisher:
        return Words(zh=entry.publisher, en="")
    return queries.publishers().get(entry.owner, Words(zh=entry.owner, en=""))


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _json(said: dict[str, Any], media_type: str) -> HttpResponse:
    response = HttpResponse(json.dumps(said, ensure_ascii=False, indent=1), content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    return response
