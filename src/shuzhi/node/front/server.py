"""Requests to answers (前端): pages by their path, everything else is a call, whatever it says."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from shuzhi.data.exchange.gateway.desk import Desk
from shuzhi.data.exchange.gateway.handler import HEADERS, Gateway, Response
from shuzhi.foundation.telemetry import metrics, traces
from shuzhi.foundation.telemetry.metering import Meter
from shuzhi.foundation.telemetry.requests import HEADER, request_id
from shuzhi.node.front.connection import Connection, Outbox, Request
from shuzhi.node.front.crowd import Crowd
from shuzhi.node.front.pages import PAGES, Page

PROCESS = "gateway"
SWEEP_SECONDS = 1.0
_HEADER = HEADER.lower()


class Front:
    """Answers the requests of all connections of a process."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        is_traced: bool = False,
        meter: Meter | None = None,
        crowd: Crowd[Connection] | None = None,
    ) -> None:
        """Answer by this gateway; `meter` knows what its other processes counted, `crowd` limits each address."""
        self.meter, self._crowd = meter, crowd
        self._gateway, self._is_traced = gateway, is_traced
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tally = Tally()
        self._outbox = Outbox()
        # A number for each request that brings none: this process's own random beginning, and counting.
        self._prefix, self._numbers = secrets.token_hex(8), itertools.count(1)
        metrics.in_flight.labels(PROCESS).set_function(self._in_flight)

    @property
    def desk(self) -> Desk:
        """Where calls are decided."""
        return self._gateway.desk

    def connect(self) -> Connection:
        """A new connection, for the event loop."""
        return Connection(self._answer, self._connections, self._crowd, self._outbox)

    async def sweep(self) -> None:
        """End connections whose callers take too long, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = asyncio.get_running_loop().time()
            for connection in list(self._connections):
                connection.end_if_idle(now)

    async def drain(self, seconds: float) -> None:
        """Let requests under way be answered, then end all connections."""
        until = time.monotonic() + seconds
        while self._in_flight() and time.monotonic() < until:  # noqa: ASYNC110 - nobody says which is the last
            await asyncio.sleep(0.01)
        self._outbox.send()
        for connection in list(self._connections):
            connection.close()

    def _in_flight(self) -> int:
        return sum(connection.is_busy for connection in self._connections)

    def _answer(self, connection: Connection, request: Request) -> None:
        offered = request.headers.get(_HEADER)
        number = request_id(offered) if offered else f"{self._prefix}{next(self._numbers):08x}"
        page = PAGES.get(request.target.partition("?")[0])
        if page is not None and request.method in ("GET", "HEAD"):
            self._begin(self._answer_page(connection, request, number, page))
        elif self._is_traced:
            self._begin(self._answer_traced(connection, request, number))
        else:
            answered = partial(self._send, connection, request, number, time.perf_counter())
            self._take(connection, request, number, answered)

    def _take(
        self, connection: Connection, request: Request, number: str, answered: Callable[[Response], None]
    ) -> None:
        if request.is_broken:
            self._gateway.refuse_unreadable(request_id=number, answered=answered)
            return
        self._gateway.take(
            request.method,
            request.target,
            request.headers,
            request.body,
            request_id=number,
            answered=answered,
            certificate=connection.certificate,
        )

    async def _answer_page(self, connection: Connection, request: Request, number: str, page: Page) -> None:
        begun = time.perf_counter()
        response = await page(self)
        route = request.target.partition("?")[0].strip("/")
        self._send(connection, request, number, begun, response, route=route)

    async def _answer_traced(self, connection: Connection, request: Request, number: str) -> None:
        begun = time.perf_counter()
        path = request.target.partition("?")[0]
        with traces.span(f"{request.method} {path}", request_id=number) as span:
            answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
            self._take(connection, request, number, answered.set_result)
            response = await answered
            span.note("http.response.status_code", response[0])
        self._send(connection, request, number, begun, response)

    def _send(
        self,
        connection: Connection,
        request: Request,
        number: str,
        begun: float,
        response: Response,
        *,
        route: str = "call",
    ) -> None:
        status, headers, body = response
        head = _JSON_HEAD if headers is HEADERS else _encoded(headers)
        connection.answer(status, b"%s%s: %s\r\n" % (head, _HEADER.encode(), number.encode()), body)
        self._tally.count(request.method, route, status, time.perf_counter() - begun)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Tally:
    """Counts requests like `metrics.count_request`, keeping at hand what it counts on."""

    def __init__(self) -> None:
        """Nothing counted."""
        self._kept: dict[tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (method if method in metrics.METHODS else "OTHER", route, status)
        kept = self._kept.get(key)
        if kept is None:
            method, route, status = key
            kept = self._kept[key] = (
                metrics.requests.labels(PROCESS, method, route, str(status)).inc,
                metrics.latency.labels(PROCESS, method, route).observe,
            )
        kept[0]()
        kept[1](seconds)


def _encoded(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")


_JSON_HEAD = _encoded(HEADERS)
