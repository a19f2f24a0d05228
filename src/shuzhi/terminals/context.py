"""What every page of both ends knows: the reader, the rail, whether this node is a demonstration."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest
from django.urls import reverse

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import PUBLIC
from shuzhi.terminals.staff import rooms


def node(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the base templates; found once a request, since every part of a page asks again."""
    found: dict[str, Any] | None = getattr(request, "_node", None)
    if found is None:
        found = _find(request)
        request._node = found  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest) -> dict[str, Any]:
    known: dict[str, Any] = {
        "demo": settings().demo,
        "request_id": structlog.contextvars.get_contextvars().get("request_id"),
        "staff_home": reverse("staff:home"),
        "logout_url": reverse("staff:logout"),
        "search_url": reverse("staff:search"),
    }
    actor = getattr(request, "actor", PUBLIC)
    if request.path.startswith("/staff/") and actor != PUBLIC:
        known |= {"actor": rooms.reader_of(actor), "rooms": rooms.rail(request, actor)}
    return known
