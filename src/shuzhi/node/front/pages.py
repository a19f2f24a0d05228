"""What the gateway process answers besides calls: whether it lives, whether it can decide, what it counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from shuzhi.data.exchange.gateway.desk import Desk
from shuzhi.data.exchange.gateway.handler import Response
from shuzhi.foundation.telemetry import metrics, readiness

Page = Callable[[Desk], Awaitable[Response]]


async def healthz(desk: Desk) -> Response:
    """The process lives."""
    del desk
    return 200, {"content-type": "text/plain; charset=utf-8"}, b"ok\n"


async def readyz(desk: Desk) -> Response:
    """The process can decide calls."""
    status, body = readiness.report([await _database_check(desk)])
    return status, {"content-type": "application/json"}, msgspec.json.encode(body)


async def metrics_page(desk: Desk) -> Response:
    """What this process counted."""
    del desk
    return 200, {"content-type": metrics.CONTENT_TYPE}, metrics.exposition()


async def _database_check(desk: Desk) -> readiness.Check:
    try:
        await desk.ping()
    except Exception as error:  # noqa: BLE001 - every reason not to be ready is one
        return readiness.Check(name="database", ok=False, reason=type(error).__name__)
    return readiness.Check(name="database", ok=True)


PAGES: Mapping[str, Page] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}
