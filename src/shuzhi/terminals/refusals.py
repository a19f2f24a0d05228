"""Turns a refusal into an answer that explains itself: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.terminals.design.views import refuse_error

log = structlog.get_logger(__name__)


class UnusableValue(PlatformError):
    """A value in the request is none that could be stored or looked for, such as a NUL or a number past all bounds."""

    code = "request.unusable_value"
    http_status = 400
    zh = "请求中有无法存储或查询的内容（如空字符 NUL 或超出范围的数）。"


class RefusalMiddleware:
    """Catches what services refuse; a refused permission also goes into the audit log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a refusal; any other exception goes on to Django."""
        if isinstance(
            error, DataError
        ):  # from the database itself: it holds no NUL, and no number past its own
            log.warning("request.unusable_value", path=request.path, reason=str(error))
            error = UnusableValue()
        if not isinstance(error, PlatformError):
            return None
        if isinstance(error, Forbidden):
            note_refusal(request, error)
        if wants_json(request):
            return JsonResponse(error.as_dict(), status=error.http_status)
        if isinstance(error, NotSignedIn):
            entrance = reverse("staff:login" if request.path.startswith("/staff/") else "public:login")
            return HttpResponseRedirect(f"{entrance}?{urlencode({'next': request.get_full_path()})}")
        return refuse_error(request, error)


def note_refusal(request: HttpRequest, error: Forbidden) -> None:
    """Write a refused permission into the audit log."""
    audit.record(
        "security.refused",
        target=request.path[:300],
        by=request.actor,  # type: ignore[attr-defined]
        at=clock.now(),
        outcome="refused",
        permission=error.facts.get("permission_id"),
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: by path or by its Accept header."""
    return request.path.startswith("/api/") or request.accepts("text/html") is False
