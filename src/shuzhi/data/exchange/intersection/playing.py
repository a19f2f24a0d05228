"""Common keys in a scenario: the caller's own client asks, this process being gateway and worker as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.client import ExchangeClient, StoredCredential
from shuzhi.data.exchange.intersection.protocol import Reveal
from shuzhi.data.exchange.intersection.remote import Asking, Result
from shuzhi.data.exchange.types import Credential
from shuzhi.data.exchange.work.places import FileBody
from shuzhi.pillars.security.types import system

Handle = Callable[[str, str, dict[str, str], bytes], Coroutine[Any, Any, tuple[int, dict[str, str], Any]]]
PATIENCE = 60  # seconds; nobody is waited for but this process itself


class InProcess(httpx.BaseTransport):
    """Requests are answered by the gateway's own handler."""

    def __init__(self, handle: Handle) -> None:
        """Take the handler."""
        self._handle = handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        path = request.url.raw_path.decode()
        status, headers, content = asyncio.run(
            self._handle(request.method, path, dict(request.headers), request.read())
        )
        body = content.path.read_bytes() if isinstance(content, FileBody) else bytes(content or b"")
        return httpx.Response(status, headers=headers, content=body)


@dataclass(frozen=True)
class Line:
    """The key that the asking office holds, and how its calls are answered."""

    key: Credential
    handle: Handle


def common_keys(
    *, interface: str, keys: list[str], reveal: Reveal, line: Line, begun: Path, at: datetime
) -> Result:
    """Ask which keys both hold; the answering office's worker does its part while the asker waits."""

    def work(seconds: float) -> None:
        del seconds
        for job in queries.open_jobs():
            services.work_on(job=job, by=system("exchange"), at=at)

    stored = StoredCredential(line.key.key_id, line.key.secret, "http://gateway")
    with ExchangeClient(stored, now=lambda: at, transport=InProcess(line.handle)) as client:
        asking = Asking(client, interface=interface, key_id=line.key.key_id, begun=begun, sleep=work)
        terms = asking.terms()
        question = asking.begin(keys, terms, reveal=reveal)
        result = asking.collect(question, asking.order(question, terms), seconds=PATIENCE, pause=0)
        asking.forget()
        return result
