"""Requests that another site's page makes with somebody's session (跨站请求).

Pages are guarded by the token in their forms. Programs have no form, so the API can't ask for one; but a browser says
itself whose page sends a request (`Sec-Fetch-Site`, `Origin`), and a program that is no browser sends neither and has
nobody's session but its own.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from shuzhi.foundation.errors import PlatformError

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OURS = frozenset({"same-origin", "none"})


class ForeignRequest(PlatformError):
    """Another site's page sent this request; nothing was done."""

    code = "security.foreign_request"
    http_status = 403
    zh = "该请求来自其他网站的页面，未予执行。"


def refuse_foreign(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what could change something in somebody's name comes from our own pages or from no page at all."""

    def respond(request: HttpRequest) -> HttpResponse:
        with_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if with_session and request.method not in SAFE and is_foreign(request):
            error = ForeignRequest()
            return JsonResponse(error.as_dict(), status=error.http_status)
        return get_response(request)

    return respond


def is_foreign(request: HttpRequest) -> bool:
    """Whether the browser says that another site's page sends it."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in OURS:
        return True
    return origin is not None and urlsplit(origin).netloc != request.headers.get("Host", request.get_host())
