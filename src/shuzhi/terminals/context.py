"""What every page of both ends knows: the reader, the rail, whether this node is a demonstration."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest
from django.urls import reverse

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import PUBLIC, Actor, Role
from shuzhi.terminals.staff import rooms


def node(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the base templates; every part of a page asks, the first one's answer serves all."""
    known: dict[str, Any] | None = getattr(request, "shuzhi_node", None)
    if known is None:
        known = _known(request)
        request.shuzhi_node = known  # type: ignore[attr-defined]
    return known


def _known(request: HttpRequest) -> dict[str, Any]:
    known: dict[str, Any] = {
        "demo": settings().demo,
        "request_id": structlog.contextvars.get_contextvars().get("request_id"),
    }
    actor = getattr(request, "actor", PUBLIC)
    if request.path.startswith("/staff/"):
        known |= _staff(request, actor)
    elif Role.RESIDENT in actor.roles:
        known |= {"me": actor.title, "behalf": actor.behalf}
    return known


def _staff(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    known: dict[str, Any] = {
        "staff_home": reverse("staff:home"),
        "logout_url": reverse("staff:logout"),
        "search_url": reverse("staff:search"),
    }
    if actor != PUBLIC:
        reader = rooms.reader_of(actor)
        mark = {
            "who": f"{reader.name} {actor.name.removeprefix('account/')}",
            "office": reader.office_title,
            "at": now(),
        }
        known |= {"actor": reader, "rooms": rooms.rail(request, actor), "watermark": mark}
    return known
