"""Requests and callbacks are signed: HMAC-SHA256 over method, path, time, nonce and the body's digest."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

STAMP, NONCE, SIGNATURE = "X-Pay-Timestamp", "X-Pay-Nonce", "X-Pay-Signature"
FRESH = 300  # seconds
LONGEST = 12


def sign(secret: str, method: str, path: str, body: bytes, *, at: datetime, nonce: str) -> dict[str, str]:
    """Headers that prove who asks, what, and when."""
    stamp = str(int(at.timestamp()))
    return {STAMP: stamp, NONCE: nonce, SIGNATURE: _digest(secret, method, path, stamp, nonce, body)}


def is_signed(
    secret: str, method: str, path: str, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> bool:
    """Whether the headers fit what is asked and are fresh."""
    stamp, nonce, given = (headers.get(name) or "" for name in (STAMP, NONCE, SIGNATURE))
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < LONGEST and nonce):
        return False
    expected = _digest(secret, method, path, stamp, nonce, body)
    return (
        hmac.compare_digest(expected.encode(), given.encode()) and abs(at.timestamp() - int(stamp)) <= FRESH
    )


def _digest(  # noqa: PLR0917 - in the order in which they are signed
    secret: str, method: str, path: str, stamp: str, nonce: str, body: bytes
) -> str:
    told = "\n".join((method, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.digest(secret.encode(), told.encode(), hashlib.sha256).hex()
