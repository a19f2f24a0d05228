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


class PageExpired(PlatformError):
    """This page is too old, or the browser keeps no cookies. Nothing was changed: go back, load the page again and send it once more."""

    code = "request.page_expired"
    http_status = 403
    zh = "页面已过期，或浏览器没有保存 Cookie。本次提交没有生效，请返回上一页，刷新后再提交一次。"


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
        if isinstance(error, NotSignedIn) and not wants_json(request):
            entrance = reverse("staff:login" if request.path.startswith("/staff/") else "public:login")
            return HttpResponseRedirect(f"{entrance}?{urlencode({'next': request.get_full_path()})}")
        return told(request, error)


def told(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """A refusal as JSON or as a page."""
    if wants_json(request):
        return JsonResponse(error.as_dict(), status=error.http_status)
    return refuse_error(request, error)


def without_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form that does not bring its page's token (CSRF_FAILURE_VIEW)."""
    del reason  # is for whoever runs the node, and in the log
    return told(request, PageExpired())


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
