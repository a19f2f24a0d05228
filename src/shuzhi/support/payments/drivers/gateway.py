"""A gateway that is spoken to by signed requests: over HTTP, or to a book inside this process by the same words."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import httpx

from shuzhi.support.payments.drivers import Ask, Line, Outcome, Result, What
from shuzhi.support.payments.drivers.signing import sign
from shuzhi.support.payments.errors import GatewayRefused, GatewayTimedOut, StatementNotReady
from shuzhi.support.payments.sandbox.book import Book
from shuzhi.support.payments.sandbox.handling import Silent, handle

SECONDS = 5.0
OK, MISSING, EARLY = 200, 404, 425
REFUSALS = (404, 409)  # words of the gateway's business; all else says nothing of the money
Transport = Callable[[str, str, Mapping[str, str], bytes, datetime], tuple[int, bytes]]


def over_http(url: str) -> Transport:
    """To a gateway's address."""

    def send(
        method: str, path: str, headers: Mapping[str, str], body: bytes, _: datetime
    ) -> tuple[int, bytes]:
        try:
            with httpx.Client(timeout=SECONDS, trust_env=False) as client:
                answer = client.request(method, url.rstrip("/") + path, headers=dict(headers), content=body)
        except httpx.HTTPError:
            raise GatewayTimedOut from None
        return answer.status_code, answer.content

    return send


def within(book: Book) -> Transport:
    """To a sandbox's book in this process."""

    def send(
        method: str, path: str, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[int, bytes]:
        try:
            return handle(book, method, path, headers, body, at=at)
        except Silent:
            raise GatewayTimedOut from None

    return send


class GatewayDriver:
    """The port over signed requests."""

    def __init__(self, transport: Transport, secret: str) -> None:
        """`secret` signs what is asked."""
        self._send, self._secret = transport, secret

    def ask(self, told: Ask, *, at: datetime) -> Outcome:
        """See `Driver.ask`."""
        body = {name: value for name, value in vars(told).items() if value != ""}
        return _outcome(self._call("POST", "/asks", body, at=at))

    def close(self, key: str, *, at: datetime) -> Outcome:
        """See `Driver.close`."""
        return _outcome(self._call("POST", f"/asks/{quote(key)}/close", {}, at=at))

    def status(self, key: str, *, at: datetime) -> Outcome | None:
        """See `Driver.status`."""
        status, content = self._raw("GET", f"/asks/{quote(key)}", b"", at=at)
        return None if status == MISSING else _outcome(_read(status, content))

    def statement(self, day: date, *, at: datetime) -> Sequence[Line]:
        """See `Driver.statement`."""
        status, content = self._raw("GET", f"/statements/{day}.csv", b"", at=at)
        if status == EARLY:
            raise StatementNotReady(day=day)
        if status != OK:
            _read(status, content)
        rows = csv.DictReader(io.StringIO(content.decode()))
        return [
            Line(row["key"], What(row["what"]), int(row["fen"]), (row.get("problem") or "")[:200])
            for row in rows
        ]

    def cashier(self, key: str, how: str, *, at: datetime) -> Outcome:
        """What a payer does at the sandbox's till: `pay`, `decline`, or a fault by name. Real gateways know no such call."""
        return _outcome(self._call("POST", f"/till/{quote(key)}", {"how": how}, at=at))

    def _call(self, method: str, path: str, told: dict[str, Any], *, at: datetime) -> dict[str, Any]:
        body = json.dumps(told, ensure_ascii=False).encode()
        return _read(*self._raw(method, path, body, at=at))

    def _raw(self, method: str, path: str, body: bytes, *, at: datetime) -> tuple[int, bytes]:
        headers = sign(self._secret, method, path, body, at=at, nonce=os.urandom(12).hex())
        return self._send(method, path, headers, body, at)


def _read(status: int, content: bytes) -> dict[str, Any]:
    if status != OK and status not in REFUSALS:
        raise GatewayTimedOut
    try:
        told = json.loads(content)
    except ValueError:
        raise GatewayTimedOut from None
    if status != OK:
        raise GatewayRefused(problem=str(told.get("problem", status))[:100])
    found: dict[str, Any] = told
    return found


def _outcome(told: dict[str, Any]) -> Outcome:
    day = told.get("settled_on")
    return Outcome(
        str(told["key"]), Result(told["state"]), int(told["fen"]), str(told.get("problem") or ""),
        date.fromisoformat(day) if day else None,
    )  # fmt: skip
