"""Telemetry of an ASGI process (the gateway): the same ids, counts and lines as the web's."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from shuzhi.foundation.telemetry import metrics, traces
from shuzhi.foundation.telemetry.requests import HEADER, request_id

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADER = HEADER.lower().encode()


class RequestTelemetry:
    """Wraps an ASGI application; the route's name is what the application leaves in `scope["route_name"]`."""

    def __init__(self, app: Application, *, process: str = "gateway") -> None:
        """Wrap an application."""
        self.app = app
        self.process = process

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = dict(scope["headers"]).get(_HEADER, b"").decode("latin-1")
        number = scope["request_id"] = request_id(offered)
        status = 500
        begun = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [*message.get("headers", ()), (_HEADER, number.encode())]
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=number),
            metrics.in_flight.labels(self.process).track_inprogress(),
            traces.span(f"{scope['method']} {scope['path']}", request_id=number) as span,
        ):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                span.note("http.response.status_code", status)
                metrics.count_request(
                    process=self.process,
                    method=scope["method"],
                    route=scope.get("route_name", "unrouted"),
                    status=status,
                    seconds=time.perf_counter() - begun,
                )
