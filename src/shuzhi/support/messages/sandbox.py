"""A gateway to try with (短信沙箱): signed requests, its own limit, numbers that fail, receipts a moment later.

It behaves as gateways do, and sends nothing to anybody. Numbers that end in 0000 do not exist (400), in 1111 are
taken and never reached (a receipt says failed), in 2222 meet a broken gateway (500) once.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

import httpx

from shuzhi.foundation.clock import now
from shuzhi.support.messages.channels.signatures import SIGNATURE, STAMP, is_signed, sign

NOWHERE, UNREACHED, BROKEN_ONCE = "0000", "1111", "2222"


@dataclass
class Gateway:
    """What the gateway knows. `receipts` is the address that it tells; `a_second` how many requests it takes."""

    secret: str
    receipts: str = ""
    a_second: int = 100
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    _broken: set[str] = field(default_factory=set)
    _last: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: Queue[dict[str, str]] = field(default_factory=Queue)

    def take(self, body: bytes, headers: Any) -> tuple[int, dict[str, str]]:
        """Status and answer to a request."""
        at = now()
        if not is_signed(self.secret, body, headers.get(STAMP, ""), headers.get(SIGNATURE, ""), at):
            return 401, {"problem": "signature"}
        with self._lock:
            while self._last and self._last[0] < at.timestamp() - 1:
                self._last.popleft()
            if len(self._last) >= self.a_second:
                return 429, {"problem": "rate"}
            self._last.append(at.timestamp())
            return self._accept(json.loads(body))

    def _accept(self, told: dict[str, str]) -> tuple[int, dict[str, str]]:
        name, to = told["id"], told["to"]
        if to.endswith(NOWHERE):
            return 400, {"problem": f"no such number {to}"}
        if to.endswith(BROKEN_ONCE) and name not in self._broken:
            self._broken.add(name)
            return 500, {"problem": "try again"}
        if name not in self.taken:  # the same id again is the same message
            self.taken[name] = told
            failed = to.endswith(UNREACHED)
            state = {"state": "failed", "problem": f"{to} not reached"} if failed else {"state": "delivered"}
            self._waiting.put({"id": name} | state)
        return 200, {"id": name}

    def send_receipts(self) -> int:
        """Tell what became of messages; how many receipts were taken. What was not is told again the next time."""
        sent, later = 0, []
        while True:
            try:
                told = self._waiting.get_nowait()
            except Empty:
                break
            body = json.dumps(told).encode()
            try:
                answer = httpx.post(
                    self.receipts, content=body, headers=sign(self.secret, body, now()), timeout=5
                )
                sent += answer.is_success
                later += [] if answer.is_success else [told]
            except httpx.HTTPError:
                later.append(told)
        for told in later:
            self._waiting.put(told)
        return sent


def serve(gateway: Gateway, *, port: int = 0) -> ThreadingHTTPServer:
    """A server for the gateway on this machine; the caller runs and ends it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), 100_000)
            status, answer = gateway.take(self.rfile.read(size), self.headers)
            if status != 200:  # noqa: PLR2004
                gateway.refused.append(status)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 429:  # noqa: PLR2004
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Numbers of persons belong in no log."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
