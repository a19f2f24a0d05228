"""One HTTP connection of a caller (连接): bytes in, requests out, answers in the order of the requests.

Strict on purpose. llhttp refuses what two readers could read in two ways (both lengths, bare line ends, bad
names); whatever else is too much or too slow ends the connection. A header that is given twice is read as both
values, which none of the gateway's headers allows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import httptools

from shuzhi.data.exchange.gateway.calls import most_body
from shuzhi.data.exchange.work.places import FileBody
from shuzhi.node.front.crowd import Crowd
from shuzhi.node.front.tls import fingerprint
from shuzhi.pillars.security.erasing import Erased

MOST_HEAD = 16_384
MOST_HEADERS = 64
MOST_WAITING = 32
MOST_CONNECTIONS = 4_096  # of a process; above it, whoever has rested longest has to go
SECONDS_TO_SEND = 10.0
SECONDS_AT_REST = 75.0
PIECE = 262_144  # of a file

REASONS = {
    200: b"OK", 202: b"Accepted", 400: b"Bad Request", 401: b"Unauthorized", 403: b"Forbidden", 404: b"Not Found",
    405: b"Method Not Allowed", 408: b"Request Timeout", 409: b"Conflict", 410: b"Gone", 413: b"Content Too Large",
    429: b"Too Many Requests", 500: b"Internal Server Error", 503: b"Service Unavailable",
}  # fmt: skip
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class Request:
    """One request as it was sent; header names are lower case."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    keeps_alive: bool = True
    is_broken: bool = False


# A connection and its request; whoever is given them calls `answer` once.
Answering = Callable[["Connection", Request], None]


class Outbox:
    """Answers that leave together: a batch is decided at once, and a caller's system that is woken by its first answer
    finds the others there too, instead of being woken, and waking, for each of them.
    """

    def __init__(self) -> None:
        """Empty."""
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []
        self._loop = asyncio.get_running_loop()

    def put(self, transport: asyncio.Transport, content: bytes) -> None:
        """Send this as soon as whatever is being done now is done."""
        self._waiting.append((transport, content))
        if len(self._waiting) == 1:
            self._loop.call_soon(self.send)

    def send(self) -> None:
        """Send what waits, in its order."""
        waiting, self._waiting = self._waiting, []
        for transport, content in waiting:
            if not transport.is_closing():
                transport.write(content)


class Connection(asyncio.Protocol):
    """One connection. `answering` is given each request and later calls `answer`."""

    def __init__(
        self,
        answering: Answering,
        connections: set[Connection],
        crowd: Crowd[Connection] | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        """Wait for the caller; a crowd knows who came from which address, the outbox is that of all connections."""
        self._answering, self._connections, self._crowd = answering, connections, crowd
        self._outbox = outbox or Outbox()
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()
        self._head = 0
        self._waiting: deque[Request] = deque()
        self._busy: Request | None = None
        self._is_over = self._is_reading = self._is_past_head = False
        self._sending: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._transport: asyncio.Transport
        self.certificate: str | None = None
        self._loop = asyncio.get_running_loop()
        self.deadline = self._loop.time() + SECONDS_TO_SEND

    # What asyncio says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller is here."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is not derived from it
        self.certificate = fingerprint(transport.get_extra_info("ssl_object"))
        if len(self._connections) >= MOST_CONNECTIONS:
            self._make_room(self._connections)
        self._connections.add(self)
        if self._crowd is not None:
            others = self._crowd.enter(self, transport.get_extra_info("peername"))
            if others is not None:
                self._make_room(others)

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller has gone; what is under way is decided and logged all the same."""
        del exc
        self._leave()
        self._waiting.clear()
        self._room.set()
        if self._sending is not None:
            self._sending.cancel()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._is_over:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # the request that asks for it was taken, and is the last
            self._is_over = True
            self._transport.pause_reading()
        except httptools.HttpParserError:
            if not self._is_over:
                self._break_off()

    def pause_writing(self) -> None:
        """The caller does not read its answers: read no more of its requests."""
        self._room.clear()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The caller reads again."""
        self._room.set()
        self._transport.resume_reading()

    # What the parser says.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request, self._head = Request(), 0
        self._is_reading, self._is_past_head = True, False
        self.deadline = self._loop.time() + SECONDS_TO_SEND

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        self._head += len(url)
        if self._head > MOST_HEAD:
            raise _TooMuch
        self._request.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. After the body they are trailers, which whoever checked the head has not seen."""
        if self._is_past_head:
            raise _TooMuch
        self._head += len(name) + len(value) + 4
        headers, key, text = self._request.headers, _name(name), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
        if self._head > MOST_HEAD or len(headers) > MOST_HEADERS:
            raise _TooMuch

    def on_headers_complete(self) -> None:
        """The head is whole, and names no two hosts (RFC 9112, 3.2)."""
        self._is_past_head = True
        if "," in self._request.headers.get("host", ""):
            raise _TooMuch
        if self._request.headers.get("expect", "").lower() == "100-continue":
            self._outbox.put(self._transport, CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A part of the body; one byte past the limit is kept, enough for the handler to refuse it."""
        room = most_body(self._request.target) + 1 - len(self._request.body)
        self._request.body += body[:room]
        if len(body) > room:
            self._receive_last(self._request)
            raise _TooMuch

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_reading = False
        if len(self._waiting) >= MOST_WAITING:
            raise _TooMuch
        parser = self._parser
        self._request.keeps_alive = parser.should_keep_alive() and not parser.should_upgrade()
        self._receive(self._request)

    # Requests and answers.

    def answer(self, status: int, head: bytes, body: bytes | FileBody) -> None:
        """Send the answer to the request that is being answered, and go on to the next."""
        request = self._busy
        if request is None or self._transport.is_closing():
            self._busy = None
            return
        size = len(body) if isinstance(body, bytes) else body.size
        content = body if isinstance(body, bytes) and request.method != "HEAD" else b""
        ending = b"\r\n" if request.keeps_alive else b"connection: close\r\n\r\n"
        self._outbox.put(
            self._transport,
            b"HTTP/1.1 %d %s\r\n%scontent-length: %d\r\n%s%s"
            % (status, REASONS.get(status, b"Unknown"), head, size, ending, content),
        )
        if isinstance(body, bytes):
            self._answered(request)
        else:
            self._outbox.send()
            self._sending = self._loop.create_task(self._send_file(request, body))

    async def _send_file(self, request: Request, body: FileBody) -> None:
        """Send a file piece by piece, as fast as the caller reads; a file that is gone ends the connection."""
        try:
            with body.open() as file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    self._transport.write(piece)
                    await asyncio.wait_for(self._room.wait(), SECONDS_AT_REST)
        except (OSError, TimeoutError, Erased):
            self._transport.abort()
        else:
            self._answered(request)

    def _answered(self, request: Request) -> None:
        self._busy = None
        if not request.keeps_alive:
            self._outbox.send()
            self._transport.close()
            return
        if not self._is_reading:  # a request half sent behind this one gains no time by it
            self.deadline = self._loop.time() + SECONDS_AT_REST
        self._go_on()

    def end_if_idle(self, now: float) -> None:
        """End the connection when the caller takes too long; a request under way is waited for."""
        if self._busy is None and now > self.deadline:
            self._transport.abort()

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self._busy is not None or bool(self._waiting)

    def _make_room(self, among: Collection[Connection]) -> None:
        """End the connection that has rested longest among these; where all are busy, this one."""
        idle = [one for one in among if one is not self and not one.is_busy]
        (min(idle, key=lambda one: one.deadline) if idle else self).abort()

    def abort(self) -> None:
        """End the connection at once; its place is free. What it was answered has left."""
        self._leave()
        self._outbox.send()
        self._transport.abort()

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def _leave(self) -> None:
        self._connections.discard(self)
        if self._crowd is not None:
            self._crowd.leave(self)

    def _receive(self, request: Request) -> None:
        request.method = self._parser.get_method().decode("latin-1")
        self._waiting.append(request)
        self._go_on()

    def _receive_last(self, request: Request) -> None:
        self._is_over, request.keeps_alive = True, False
        self._transport.pause_reading()
        self._receive(request)

    def _go_on(self) -> None:
        if self._busy is None and self._waiting:
            self._busy = self._waiting.popleft()
            self._answering(self, self._busy)

    def _break_off(self) -> None:
        """Nothing can be read any more; it is answered as a request that could not be read."""
        self._is_over = True
        self._transport.pause_reading()
        self._waiting.append(Request(is_broken=True, keeps_alive=False))
        self._go_on()


@lru_cache(maxsize=256)
def _name(sent: bytes) -> str:
    """A header's name in small letters."""
    return sent.decode("latin-1").lower()


class _TooMuch(Exception):
    """More than this front takes, or what it does not take; the parser hands it on as its own error."""
