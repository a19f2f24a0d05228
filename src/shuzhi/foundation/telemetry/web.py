"""Telemetry of the web process (Django): the outermost middleware and the three operator's pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread

import structlog
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from shuzhi.foundation.settings import settings
from shuzhi.foundation.telemetry import metering, metrics, readiness, traces
from shuzhi.foundation.telemetry.requests import HEADER, request_id

logger = structlog.get_logger(__name__)
QUIET = frozenset({"healthz", "readyz", "metrics"})
SERVER_ERROR = 500
NUMBERS_SECONDS = 1.0

Answer = Callable[[HttpRequest], HttpResponseBase]


class RequestTelemetry:
    """Gives each request its id, counts it, times it, and logs one line for it."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the middleware."""
        self.get_response = get_response
        self.process = settings().process

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request under its id."""
        number = request_id(request.headers.get(HEADER))
        request.META["request_id"] = number
        begun = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(request_id=number),
            metrics.in_flight.labels(self.process).track_inprogress(),
            traces.span(f"{request.method} {request.path}", request_id=number) as span,
        ):
            response = self.get_response(request)
            span.note("http.response.status_code", response.status_code)
            self._tell(request, response.status_code, time.perf_counter() - begun)
        response.headers[HEADER] = number
        return response

    def _tell(self, request: HttpRequest, status: int, seconds: float) -> None:
        route, method = route_name(request), request.method or ""
        metrics.count_request(
            process=self.process, method=method, route=route, status=status, seconds=seconds
        )
        if route not in QUIET:
            log = logger.error if status >= SERVER_ERROR else logger.info
            log("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def route_name(request: HttpRequest) -> str:
    """The route's name: paths can hold a person's number and would make endless time series."""
    match = request.resolver_match
    if match is None:
        return "unrouted"
    return match.view_name or match.route or "unnamed"


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """The process can do its work."""
    probes = {"database": _ask_database, "migrations": _require_migrations, "lake": _write_lake}
    status, body = readiness.report(readiness.run_checks(probes))
    return JsonResponse(body, status=status)


def metrics_page(_request: HttpRequest) -> HttpResponse:
    """What the web counted, and the jobs' and events' tables as they are now."""
    from shuzhi.foundation.outbox.queries import undelivered

    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1")
        for status, number in cursor.fetchall():
            metrics.jobs.labels(status).set(number)
    for status, number in undelivered().items():
        metrics.messages.labels(status).set(number)
    counted = _together[0].exposition() if _together else metrics.exposition()
    for gauge in (metrics.jobs, metrics.messages):  # the node's: no other process may add them to its own
        gauge.clear()
    return HttpResponse(counted, content_type=metrics.CONTENT_TYPE)


_together: list[metering.Meter] = []


def count_together(meter: metering.Meter) -> None:
    """Tell what all processes of the web counted, from now on, and leave them what this one does."""
    _together[:] = [meter]

    def leave() -> None:
        while True:
            meter.leave()
            time.sleep(NUMBERS_SECONDS)

    Thread(target=leave, name="numbers", daemon=True).start()


def pending_migrations() -> list[str]:
    """Migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


class MigrationsPending(RuntimeError):
    """The database's tables are older than the code."""


_complete: set[str] = set()


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _require_migrations() -> None:
    # This process's code doesn't change: once complete, always complete.
    if not _complete:
        if pending_migrations():
            raise MigrationsPending
        _complete.add("migrations")


def _write_lake() -> None:
    if settings().lake_url is None:
        readiness.writable(settings().home / "lake")
