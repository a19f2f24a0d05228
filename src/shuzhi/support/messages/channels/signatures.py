"""What is told to other systems, and what they tell us, is signed: HMAC-SHA256 over time, a dot and the body."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

STAMP, SIGNATURE = "X-Shuzhi-Timestamp", "X-Shuzhi-Signature"
FRESH = 300  # seconds


def sign(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Headers that prove who sends a body, and when."""
    stamp = str(int(at.timestamp()))
    return {STAMP: stamp, SIGNATURE: _digest(secret, stamp, body)}


def is_signed(secret: str, body: bytes, stamp: str, signature: str, at: datetime) -> bool:
    """Whether the headers fit the body and are fresh."""
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):  # noqa: PLR2004
        return False
    fresh = abs(at.timestamp() - int(stamp)) <= FRESH
    return hmac.compare_digest(_digest(secret, stamp, body).encode(), signature.encode()) and fresh


def _digest(secret: str, stamp: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()
