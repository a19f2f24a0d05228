"""Signs calls beforehand, each with its own nonce, as bytes that go over the wire."""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from world import Caller, uscc

EMPTY = hashlib.sha256(b"").hexdigest()


def sign(file: Path, *, calls: int, callers: Sequence[Caller], firms: int, port: int) -> None:
    """Write signed calls: random callers, random firms, now."""
    now = int(time.time())
    codes = [uscc(number) for number in range(firms)]
    random_ = random.Random(now)
    prefix = secrets.token_hex(6)
    with file.open("wb") as out:
        for number in range(calls):
            out.write(
                _one(random_.choice(callers), random_.choice(codes), now, f"{prefix}-{number:010d}", port)
            )


def _one(caller: Caller, code: str, now: int, nonce: str, port: int) -> bytes:
    path, query = f"/v1/interfaces/{caller.interface}", f"uscc={code}"
    message = f"GET\n{path}\n{query}\n{EMPTY}\n{now}\n{nonce}".encode()
    signature = hmac.digest(caller.secret.encode(), message, "sha256").hex()
    return (
        f"GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Shuzhi-Key: {caller.key_id}\r\n"
        f"X-Shuzhi-Timestamp: {now}\r\nX-Shuzhi-Nonce: {nonce}\r\n"
        f"X-Shuzhi-Signature: HMAC-SHA256 {signature}\r\n\r\n"
    ).encode()
