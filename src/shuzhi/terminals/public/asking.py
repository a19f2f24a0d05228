"""Reading what an address asks for: never an error, at worst the first page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest

from shuzhi.foundation.text import storable

MOST_TEXT = 200
LAST_PAGE = 100_000


def text(request: HttpRequest, name: str) -> str:
    """A text of the query, without what no database can hold, cut at a sensible length."""
    return storable(request.GET.get(name, "").strip())[:MOST_TEXT]


def one_of(request: HttpRequest, name: str, known: Iterable[str], otherwise: str) -> str:
    """A text of the query if it is one of these."""
    asked = text(request, name)
    return asked if asked in set(known) else otherwise


def page(request: HttpRequest) -> int:
    """The number of the page asked for, from one."""
    asked = request.GET.get("page", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < len(str(LAST_PAGE))):
        return 1
    return max(int(asked), 1)


def address(path: str, asked: Mapping[str, str], **changes: str) -> str:
    """A path with a query of which some answers are changed; empty ones are left out."""
    given = {name: value for name, value in {**asked, **changes}.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
