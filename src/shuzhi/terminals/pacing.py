"""How often anybody may ask (限流): every address of the web, by the caller's address and by account.

Both ask one kind of token bucket; what an address costs is said here and nowhere else. The processes of a node's web
share the buckets; several nodes behind a balancer each count what reaches them.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from shuzhi.foundation.addresses import HERE, caller_of, counted_as, lies_in
from shuzhi.foundation.buckets import Pace, named
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import Settings, settings
from shuzhi.terminals.design import preferences
from shuzhi.terminals.refusals import wants_json

Answer = Callable[[HttpRequest], HttpResponse]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A burst is half a minute's calls: a page with its parts comes at once, a loop of calls does not go on.
BURST_SECONDS = 30
# Files are cheap, a whole table is not, a form that is sent writes. Programs read by POST too.
FILES, CALL, FORM, TABLE = 0.1, 1.0, 5.0, 10.0
TABLES = re.compile(r"^/data/[^/]+/download/")
PROGRAMS = ("/api/", "/govstack/", "/ogc/", "/messages/receipts/")


class TooManyCalls(PlatformError):
    """Too many calls in a short time; ask again in {seconds} seconds."""

    code = "request.too_many"
    http_status = 429
    zh = "短时间内请求过多，请在 {seconds} 秒后再试。"


def pace_addresses(get_response: Answer, *, clock: Callable[[], float] = time.monotonic) -> Answer:
    """Middleware, outside of whatever reads the database: so much for each address, more for declared networks."""
    buckets = named("addresses")

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = settings()
        caller = address_of(request)
        wide = lies_in(caller, chosen.web_wide_networks)
        pace = per_minute(chosen.web_calls_wide if wide else chosen.web_calls)
        seconds = buckets.take(counted_as(caller), pace, cost=cost_of(request), moment=clock())
        return too_many(request, seconds) if seconds else get_response(request)

    return respond


def pace_accounts(get_response: Answer, *, clock: Callable[[], float] = time.monotonic) -> Answer:
    """Middleware, where it is known who asks: so much for each account, from wherever it asks."""
    buckets = named("accounts")

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        pace = per_minute(settings().web_calls_account)
        seconds = buckets.take(str(request.user.pk), pace, cost=cost_of(request), moment=clock())
        return too_many(request, seconds) if seconds else get_response(request)

    return respond


def per_minute(calls: int) -> Pace:
    """The bucket of so many calls a minute."""
    return Pace(calls / 60, max(TABLE, calls * BURST_SECONDS / 60))


def cost_of(request: HttpRequest) -> float:
    """What a request takes from its caller's buckets."""
    path = request.path_info
    if path.startswith("/static/"):
        return FILES
    if TABLES.match(path):
        return TABLE
    if request.method in SAFE or path.startswith(PROGRAMS):
        return CALL
    return FORM


def address_of(request: HttpRequest) -> str:
    """Who is at the other end: what a declared proxy says, else the connection's own address."""
    return caller_of(request.META, proxies=proxies(settings()))


def proxies(chosen: Settings) -> tuple[str, ...]:
    """Whose `X-Forwarded-For` is believed: the declared ones'; a proxy for TLS on this machine needs no word."""
    return chosen.web_proxies or (HERE if chosen.web_tls == "proxy" else ())


def too_many(request: HttpRequest, seconds: float) -> HttpResponse:
    """429, when to come back, and why: a page in both languages for people, JSON for programs."""
    wait = max(1, math.ceil(seconds))
    error = TooManyCalls(seconds=wait)
    if wants_json(request) or request.path_info.startswith(PROGRAMS):
        response: HttpResponse = JsonResponse(error.as_dict(), status=error.http_status)
    else:  # without the parts of other pages: they would ask the database who reads
        chosen = {"theme": preferences.theme(request), "elder": preferences.is_elder(request)}
        page = render_to_string("errors/too-many.html", {"error": error, "seconds": wait, **chosen})
        response = HttpResponse(page, status=error.http_status)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
