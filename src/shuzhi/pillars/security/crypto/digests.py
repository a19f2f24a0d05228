"""Digests and message authentication codes (杂凑): SHA-256 and SM3 (GB/T 32905)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from shuzhi.pillars.security.crypto.errors import UnknownAlgorithm

Digest = Callable[[bytes], bytes]
SHA256, SM3 = "sha256", "sm3"


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(data)
    return hasher.finalize()


def _fast_sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


# Python's own OpenSSL has SM3 on most systems and is faster for short texts.
DIGESTS: dict[str, Digest] = {
    SHA256: _sha256,
    SM3: _fast_sm3 if "sm3" in hashlib.algorithms_available else _sm3,
}


def digest(algorithm: str) -> Digest:
    """The function that digests bytes by this algorithm.

    Raises:
        UnknownAlgorithm: it is neither `sha256` nor `sm3`.
    """
    try:
        return DIGESTS[algorithm]
    except KeyError:
        raise UnknownAlgorithm(name=algorithm, known=", ".join(DIGESTS)) from None


def mac(algorithm: str, key: bytes, message: bytes) -> bytes:
    """The message's HMAC."""
    if algorithm == SHA256:
        return hmac.digest(key, message, "sha256")
    if algorithm != SM3:
        raise UnknownAlgorithm(name=algorithm, known=", ".join(DIGESTS))
    keyed = HMAC(key, hashes.SM3())
    keyed.update(message)
    return keyed.finalize()
