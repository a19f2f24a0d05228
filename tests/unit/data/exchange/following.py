"""Receivers of pushed events, and a register that changes: what the tests of events share."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.world import AT

from shuzhi.data.exchange.pushing.courier import Courier
from shuzhi.data.exchange.pushing.endpoints import Rules
from shuzhi.data.exchange.receiving import read_push
from shuzhi.data.registers import feed, models
from shuzhi.data.registers.changes import Changes

LOOPBACK = Rules(networks=(ipaddress.ip_network("127.0.0.0/8"),))
FOLLOW = worlds.BY_USCC | {
    "interface": "firm-changes",
    "kind": "events",
    "by": [],
    "provenance": False,
    "kept_hours": 168,
    "page_size": 50,
}


class Receiver:
    """A subscriber's own system; `answers` is what it says, `seconds` how long it takes over it."""

    def __init__(self, status: int = 204, *, seconds: float = 0) -> None:
        self.status, self.seconds = status, seconds
        self.requests: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.requests.append((dict(self.headers), body))
                time.sleep(outer.seconds)
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def pushes(self, secret: str, at=AT):
        return [
            read_push(headers, body, path="/hook", secret=secret, at=at) for headers, body in self.requests
        ]

    def numbers(self, secret: str, at=AT) -> list[int]:
        return [event.seq for push in self.pushes(secret, at) for event in push.events]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def deliver(at=AT, **changes) -> int:
    """Let a courier work until nothing is due."""
    given = {"rules": LOOPBACK, "clock": at if callable(at) else lambda: at, "seconds": 1.0} | changes
    return asyncio.run(Courier(**given).work())


def note(kind: str, *golden: dict, at=AT, before: dict | None = None, prefix: str = "f") -> None:
    """As a build does that created, changed or retired these records."""
    changes = Changes()
    for values in golden:
        row = models.Entity(id=f"{prefix}-{values['uscc']}", golden=values)
        {"created": changes.created, "changed": changes.changed, "deleted": changes.retired}[kind].append(row)
        if before is not None:
            changes.before.append(models.EntityVersion(entity_id=row.id, golden=before))
    feed.note_changes("legal-entity", changes, at=at)


def firm(number: int, **changes: str) -> dict[str, str]:
    return worlds.FIRM | {"uscc": f"code-{number}", "name": f"第{number}公司"} | changes
