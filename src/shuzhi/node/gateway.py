"""The gateway process's application (共享网关): ASGI around the pure handler, beside the web and without Django."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shuzhi.data.exchange.gateway.calls import MOST_BODY
from shuzhi.data.exchange.gateway.handler import build_gateway
from shuzhi.foundation import database
from shuzhi.foundation.clock import now
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings

CALLS = Counter("shuzhi_gateway_calls", "Calls by the rule that refused them, or answered", ["rule"])
SECONDS = Histogram(
    "shuzhi_gateway_seconds", "Time from call to answer", buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2)
)


def _observe(rule: str, seconds: float) -> None:
    CALLS.labels(rule).inc()
    SECONDS.observe(seconds)


_home = settings().home
gateway = build_gateway(
    url=database.database_url("gateway"),
    node_secret=secret(_home, "exchange"),
    masking_key=secret(_home, "masking").encode(),
    clock=now,
    observe=_observe,
)


async def call(request: Request) -> Response:
    """One call of an interface, whatever its path: what is no interface is refused, and that is logged too."""
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    try:
        body = await _limited_body(request)
    except ClientDisconnect:
        return Response(status_code=400)
    target = f"{path}?{query}" if query else path
    status, answer_headers, content = await gateway.handle(request.method, target, headers, body)
    return Response(content, status, answer_headers)


async def _limited_body(request: Request) -> bytes:
    """The body, one byte past the limit at most: enough for the handler to refuse it."""
    body = b""
    async for chunk in request.stream():
        body += chunk[: MOST_BODY + 1 - len(body)]
        if len(body) > MOST_BODY:
            break
    return body


async def healthz(request: Request) -> Response:
    """The process lives."""
    del request
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """The process can decide calls."""
    del request
    try:
        await gateway.desk.ping()
    except Exception as error:  # noqa: BLE001 - every reason not to be ready is one
        return JSONResponse({"ready": False, "database": type(error).__name__}, 503)
    return JSONResponse({"ready": True, "database": "ok"})


async def metrics(request: Request) -> Response:
    """What this process counted."""
    del request
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    await gateway.desk.open()
    yield
    await gateway.desk.close()


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_routes = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/{path:path}", call, methods=METHODS),
]
application: Any = Starlette(routes=_routes, lifespan=_lifespan)
