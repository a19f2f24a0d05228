"""The gateway process's application (共享网关): ASGI around the pure handler, beside the web and without Django."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import Counter
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
from shuzhi.foundation.telemetry import metrics, readiness
from shuzhi.foundation.telemetry.gateway import RequestTelemetry
from shuzhi.foundation.telemetry.logs import configure_logs
from shuzhi.foundation.telemetry.traces import configure_traces

configure_logs(settings())
configure_traces(settings())

CALLS = Counter("shuzhi_gateway_calls_total", "Calls by the rule that refused them, or `answered`.", ["rule"])

gateway = build_gateway(
    url=database.database_url("gateway"),
    node_secret=secret(settings().home, "exchange"),
    masking_key=secret(settings().home, "masking").encode(),
    clock=now,
    observe=lambda rule: CALLS.labels(rule).inc(),
)


async def call(request: Request) -> Response:
    """One call, whatever its path: what is no interface is refused, and that is logged too."""
    request.scope["route_name"] = "call"
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    try:
        body = await _limited_body(request)
    except ClientDisconnect:
        return Response(status_code=400)
    status, answer_headers, content = await gateway.handle(
        request.method, f"{path}?{query}" if query else path, headers, body, request.scope.get("request_id")
    )
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
    request.scope["route_name"] = "healthz"
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """The process can decide calls."""
    request.scope["route_name"] = "readyz"
    status, body = readiness.report([await _database_check()])
    return JSONResponse(body, status)


async def _database_check() -> readiness.Check:
    try:
        await gateway.desk.ping()
    except Exception as error:  # noqa: BLE001 - every reason not to be ready is one
        return readiness.Check(name="database", ok=False, reason=type(error).__name__)
    return readiness.Check(name="database", ok=True)


async def metrics_page(request: Request) -> Response:
    """What this process counted."""
    request.scope["route_name"] = "metrics"
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    await gateway.desk.open()
    yield
    await gateway.desk.close()


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_routes = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics_page),
    Route("/{path:path}", call, methods=METHODS),
]
application: Any = RequestTelemetry(Starlette(routes=_routes, lifespan=_lifespan))
