"""Signs calls beforehand, each with its own nonce, as bytes that go over the wire."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from world import Caller, uscc

EMPTY = hashlib.sha256(b"").hexdigest()


ABSENT = 0.02  # of the calls ask for a firm that does not exist: refused, and audited as all others


class Signer:
    """Signs calls of random callers for random firms, each with a nonce of its own."""

    def __init__(self, callers: Sequence[Caller], *, firms: int, port: int) -> None:
        """Prepare."""
        self._callers, self._port = callers, port
        self._codes = [uscc(number) for number in range(int(firms * (1 + ABSENT)))]
        self._random = random.Random()
        self._prefix, self._number = secrets.token_hex(6), 0

    def call(self, now: int) -> bytes:
        """One call as it goes over the wire."""
        self._number += 1
        caller, code = self._random.choice(self._callers), self._random.choice(self._codes)
        path, query, nonce = (
            f"/v1/interfaces/{caller.interface}",
            f"uscc={code}",
            f"{self._prefix}-{self._number:010d}",
        )
        message = f"GET\n{path}\n{query}\n{EMPTY}\n{now}\n{nonce}".encode()
        signature = hmac.digest(caller.secret.encode(), message, "sha256").hex()
        return (
            f"GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nX-Shuzhi-Key: {caller.key_id}\r\n"
            f"X-Shuzhi-Timestamp: {now}\r\nX-Shuzhi-Nonce: {nonce}\r\n"
            f"X-Shuzhi-Signature: HMAC-SHA256 {signature}\r\n\r\n"
        ).encode()


def write_calls(file: Path, signer: Signer, count: int) -> None:
    """Write calls that are signed now, one after the other."""
    now = int(time.time())
    with file.open("wb") as out:
        for _ in range(count):
            out.write(signer.call(now))


def read_callers(file: Path) -> list[Caller]:
    """Callers as `write_callers` left them."""
    return [Caller(*one) for one in json.loads(file.read_text())]


def write_callers(file: Path, callers: Sequence[Caller]) -> None:
    """Leave callers for another process."""
    file.write_text(json.dumps([[one.key_id, one.secret, one.interface] for one in callers]))
