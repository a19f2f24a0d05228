"""The sandbox as a process of its own: a small HTTP service, and whoever sends its callbacks."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

from shuzhi.foundation.clock import now
from shuzhi.support.payments.drivers.signing import sign
from shuzhi.support.payments.sandbox.book import Book
from shuzhi.support.payments.sandbox.handling import Silent, handle

MOST_BYTES = 100_000
Post = Callable[[str, bytes, dict[str, str]], bool]


def serve(book: Book, *, port: int = 0) -> ThreadingHTTPServer:
    """A server for the book on this machine; the caller runs and ends it. Where the book is silent the line is cut."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
            body = self.rfile.read(size)
            try:
                status, answer = handle(book, self.command, self.path, self.headers, body, at=now())  # type: ignore[arg-type]
            except Silent:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            except (ValueError, KeyError, TypeError):
                status, answer = 400, b'{"problem": "unreadable"}'
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Numbers of accounts belong in no log."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def send_callbacks(book: Book, url: str, *, post: Post | None = None) -> int:
    """Tell what became of charges, refunds and payouts; how many callbacks were taken. The rest is told again later."""
    taken = 0
    for told in book.callbacks(at=now()):
        facts = {name: told[name] for name in ("event", "key", "state", "fen", "settled_on", "problem")}
        body = json.dumps(facts, ensure_ascii=False).encode()
        headers = sign(book.secret, "POST", urlsplit(url).path, body, at=now(), nonce=os.urandom(12).hex())
        done = (post or _post)(url, body, headers)
        book.note_callback(told["id"], taken=done)
        taken += done
    return taken


def _post(url: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        with httpx.Client(timeout=5, trust_env=False) as client:
            return client.post(url, content=body, headers=headers).is_success
    except httpx.HTTPError:
        return False
