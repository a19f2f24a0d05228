"""The node's masking key and the keys derived from it, one for each kind of mask."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path

from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings


def masking_key() -> bytes:
    """The node's key for masks; made when first asked for."""
    return _read(settings().home)


@lru_cache(maxsize=4)
def _read(home: Path) -> bytes:
    return secret(home, "masking").encode()


def derived(key: bytes, use: str, *told: str) -> bytes:
    """32 bytes that belong to one use of a key and to what is told; parts cannot run into one another."""
    message = b"".join(
        len(part).to_bytes(4, "big") + part for part in (_bytes(text) for text in (use, *told))
    )
    return hmac.new(key, message, hashlib.sha256).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
