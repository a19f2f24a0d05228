"""What the gateway process answers besides calls: whether it lives, whether it can decide, what it counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from shuzhi.data.exchange.gateway.desk import Desk
from shuzhi.data.exchange.gateway.handler import Response
from shuzhi.foundation.telemetry import metrics, readiness
from shuzhi.foundation.telemetry.metering import Meter


class Served(Protocol):
    """Whoever serves the pages."""

    @property
    def desk(self) -> Desk: ...
    @property
    def meter(self) -> Meter | None: ...


Page = Callable[[Served], Awaitable[Response]]


async def healthz(served: Served) -> Response:
    """The process lives."""
    del served
    return 200, {"content-type": "text/plain; charset=utf-8"}, b"ok\n"


async def readyz(served: Served) -> Response:
    """The process can decide calls."""
    status, body = readiness.report([await _database_check(served.desk)])
    return status, {"content-type": "application/json"}, msgspec.json.encode(body)


async def metrics_page(served: Served) -> Response:
    """What all processes of the gateway counted."""
    counted = metrics.exposition() if served.meter is None else served.meter.exposition()
    return 200, {"content-type": metrics.CONTENT_TYPE}, counted


async def _database_check(desk: Desk) -> readiness.Check:
    try:
        await desk.ping()
    except Exception as error:  # noqa: BLE001 - every reason not to be ready is one
        return readiness.Check(name="database", ok=False, reason=type(error).__name__)
    return readiness.Check(name="database", ok=True)


PAGES: Mapping[str, Page] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}
