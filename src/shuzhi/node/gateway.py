"""The gateway process's application (共享网关), beside the web process and without Django's request cycle."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shuzhi.foundation import database
from shuzhi.foundation.settings import settings
from shuzhi.foundation.telemetry import metrics, readiness
from shuzhi.foundation.telemetry.gateway import RequestTelemetry
from shuzhi.foundation.telemetry.logs import configure_logs
from shuzhi.foundation.telemetry.traces import configure_traces

configure_logs(settings())
configure_traces(settings())


def ask_database() -> None:
    """Raise unless the database answers the gateway's own role."""
    with psycopg.connect(database.database_url("gateway"), connect_timeout=2) as connection:
        connection.execute("SELECT 1")


async def healthz(request: Request) -> Response:
    """The process lives."""
    request.scope["route_name"] = "healthz"
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """The process can answer calls."""
    request.scope["route_name"] = "readyz"
    checks = await asyncio.to_thread(readiness.run_checks, {"database": ask_database})
    status, body = readiness.report(checks)
    return JSONResponse(body, status)


async def metrics_page(request: Request) -> Response:
    """What this process counted."""
    request.scope["route_name"] = "metrics"
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


_routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_page)]
application: Any = RequestTelemetry(Starlette(routes=_routes))
