"""Signing a call (签名): shared by the gateway and its clients, free of everything but `cryptography`.

What is signed, line by line: method, path, query (sorted, encoded), SHA-256 of the body, timestamp, nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

KEY, TIMESTAMP, NONCE, SIGNATURE = (
    "x-shuzhi-key",
    "x-shuzhi-timestamp",
    "x-shuzhi-nonce",
    "x-shuzhi-signature",
)
SM3, SHA256 = "HMAC-SM3", "HMAC-SHA256"
ALGORITHMS = (SM3, SHA256)


def canonical_query(query: str) -> str:
    """A query in one form, whatever the order and encoding in which it was sent."""
    return encode_pairs(parse_qsl(query, keep_blank_values=True, max_num_fields=64))


def encode_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values, sorted, everything but letters, digits and `-._~` as %XX."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(pairs))


def canonical_request(
    *, method: str, path: str, query: str, body: bytes, timestamp: int, nonce: str
) -> bytes:
    """The bytes that are signed."""
    lines = (
        method.upper(),
        path,
        canonical_query(query),
        hashlib.sha256(body).hexdigest(),
        str(timestamp),
        nonce,
    )
    return "\n".join(lines).encode()


def signature(algorithm: str, secret: bytes, message: bytes) -> str:
    """The message's HMAC in hexadecimal."""
    if algorithm == SHA256:
        return hmac.digest(secret, message, "sha256").hex()
    keyed = HMAC(secret, hashes.SM3())
    keyed.update(message)
    return keyed.finalize().hex()


def is_signed_by(secret: bytes, *, algorithm: str, message: bytes, given: str) -> bool:
    """Whether the signature is right; takes the same time for every wrong one."""
    return hmac.compare_digest(signature(algorithm, secret, message), given)


def signed_headers(
    *,
    key_id: str,
    secret: str,
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    at: datetime,
    nonce: str | None = None,
    algorithm: str = SM3,
) -> Mapping[str, str]:
    """The four headers of a call."""
    nonce = nonce or secrets.token_urlsafe(18)
    timestamp = int(at.timestamp())
    message = canonical_request(
        method=method, path=path, query=query, body=body, timestamp=timestamp, nonce=nonce
    )
    return {
        KEY: key_id,
        TIMESTAMP: str(timestamp),
        NONCE: nonce,
        SIGNATURE: f"{algorithm} {signature(algorithm, secret.encode(), message)}",
    }
