"""Signing a call (签名): shared by the gateway and its clients, free of Django.

What is signed, line by line: method, path, query (sorted, encoded), SHA-256 of the body, timestamp, nonce.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
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
SM3, SHA256, SM2, ED25519 = "HMAC-SM3", "HMAC-SHA256", "SM2", "ED25519"
ALGORITHMS = (SM3, SHA256)  # by a secret that both sides know
BY_PUBLIC_KEY = frozenset(
    {SM2, ED25519}
)  # the caller alone can sign; `secret` is then its private key in hexadecimal
PUSH = "PUSH"  # stands for the method where the platform signs, so that no push can be taken for a call
EMPTY = hashlib.sha256(b"").hexdigest()

Signer = Callable[[bytes], str]
Verifier = Callable[[bytes, str], bool]


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
    return canonical_lines(method, path, canonical_query(query), body, timestamp=timestamp, nonce=nonce)


def canonical_lines(
    method: str, path: str, sorted_query: str, body: bytes, *, timestamp: int, nonce: str
) -> bytes:
    """The bytes that are signed, of a query that is in its one form already."""
    digest = hashlib.sha256(body).hexdigest() if body else EMPTY
    return f"{method.upper()}\n{path}\n{sorted_query}\n{digest}\n{timestamp}\n{nonce}".encode()


def signature(algorithm: str, secret: bytes, message: bytes) -> str:
    """The message's signature in hexadecimal."""
    return _SIGNERS[algorithm](secret)(message)


def is_signed_by(secret: bytes, *, algorithm: str, message: bytes, given: str) -> bool:
    """Whether the signature is right; takes the same time for every wrong one."""
    return VERIFIERS[algorithm](secret)(message, given)


def never(message: bytes, given: str) -> bool:
    """Refuse every signature: for an algorithm that the key was not issued for."""
    del message, given
    return False


def _keyed(digest: hashes.HashAlgorithm) -> Callable[[bytes], Signer]:
    def signer(secret: bytes) -> Signer:
        keyed = HMAC(secret, digest)  # the state after the key is kept and copied

        def sign(message: bytes) -> str:
            copy = keyed.copy()
            copy.update(message)
            return copy.finalize().hex()

        return sign

    return signer


_sha256, _sm3 = _keyed(hashes.SHA256()), _keyed(hashes.SM3())


def _compared(signer: Callable[[bytes], Signer]) -> Callable[[bytes], Verifier]:
    def verifier(secret: bytes) -> Verifier:
        sign = signer(secret)
        return lambda message, given: hmac.compare_digest(sign(message), given)

    return verifier


def _sm2(secret: bytes) -> Signer:
    from shuzhi.pillars.security.crypto import (
        signing as port,
    )  # its libraries are loaded when they are needed

    key = port.signing_key(port.SM2, bytes.fromhex(secret.decode()))
    return lambda message: key.sign(message).hex()


def _by_sm2(public_key: bytes) -> Verifier:
    from shuzhi.pillars.security.crypto import signing as port

    public = bytes.fromhex(public_key.decode())
    return lambda message, given: port.is_signed(port.SM2, public, message, bytes.fromhex(given))


_SIGNERS: Mapping[str, Callable[[bytes], Signer]] = {SM3: _sm3, SHA256: _sha256, SM2: _sm2}
# From a key to the check of a message's signature.
VERIFIERS: Mapping[str, Callable[[bytes], Verifier]] = {
    SM3: _compared(_sm3),
    SHA256: _compared(_sha256),
    SM2: _by_sm2,
    ED25519: lambda _: never,  # nodes sign by it, whose keys are looked up elsewhere (`routing.keys`)
}


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
