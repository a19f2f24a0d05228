"""The gateway as an ASGI application (共享网关), for a server of others; the node serves it by its own `front`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from shuzhi.data.exchange.gateway.calls import most_body
from shuzhi.data.exchange.gateway.desk import Desk
from shuzhi.data.exchange.work.places import FileBody
from shuzhi.foundation.settings import settings
from shuzhi.foundation.telemetry.gateway import RequestTelemetry
from shuzhi.foundation.telemetry.logs import configure_logs
from shuzhi.foundation.telemetry.traces import configure_traces
from shuzhi.node.front.making import make_gateway
from shuzhi.node.front.pages import PAGES, Page

PIECE = 1 << 18

configure_logs(settings())
configure_traces(settings())

gateway = make_gateway(settings())


async def call(request: Request) -> Response:
    """One call, whatever its path: what is no interface is refused, and that is logged too."""
    request.scope["route_name"] = "call"
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    try:
        body = await _limited_body(request, most_body(path))
    except ClientDisconnect:
        return Response(status_code=400)
    status, answer_headers, content = await gateway.handle(
        request.method, f"{path}?{query}" if query else path, headers, body, request.scope.get("request_id")
    )
    if isinstance(content, FileBody):
        headers = answer_headers | {"content-length": str(content.size)}
        return StreamingResponse(_pieces(content), status, headers)
    return Response(content, status, answer_headers)


async def _pieces(content: FileBody) -> AsyncIterator[bytes]:
    with content.open() as file:
        while piece := await run_in_threadpool(file.read, PIECE):
            yield piece


class _Served:
    """This process alone; whoever runs the application decides how many there are."""

    meter = None

    @property
    def desk(self) -> Desk:
        return gateway.desk


_SERVED = _Served()


async def _limited_body(request: Request, most: int) -> bytes:
    """The body, one byte past the limit at most: enough for the handler to refuse it."""
    body = b""
    async for chunk in request.stream():
        body += chunk[: most + 1 - len(body)]
        if len(body) > most:
            break
    return body


def _page(name: str, answer: Page) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        request.scope["route_name"] = name
        status, headers, content = await answer(_SERVED)
        return Response(content, status, headers)

    return page


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    await gateway.desk.open()
    yield
    await gateway.desk.close()


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_routes = [
    *(Route(path, _page(path.strip("/"), page)) for path, page in PAGES.items()),
    Route("/{path:path}", call, methods=METHODS),
]
application: Any = RequestTelemetry(Starlette(routes=_routes, lifespan=_lifespan))
