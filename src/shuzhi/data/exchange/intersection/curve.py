"""Blinding keys on Curve25519 (RFC 7748): a key becomes a point, a secret number moves the point.

Moving by one secret and then by another gives the same point in either order, and a moved point tells nothing
of the key without the secret (decisional Diffie-Hellman). The digest of a key is taken as the point's coordinate
directly: every 32 bytes name a point of the curve or of its twist, and both have a large prime order.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import secrets
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from shuzhi.data.exchange.intersection.errors import MessageBroken

SIZE = 32  # bytes of a point
_DOMAIN = b"shuzhi private set intersection 1\x00"
_PRIME = 2**255 - 19
_BELOW_TOP_BIT = 2**255 - 1
_CHUNK = 5_000  # points that one process moves at a time: about 0.2 s


def new_secret() -> bytes:
    """A secret number for one question; never used for another."""
    return secrets.token_bytes(SIZE)


def points_of(keys: Iterable[str], session: bytes) -> bytes:
    """Each key's point, one after another. The session keeps points of different questions apart."""
    prefix = hashlib.sha256(_DOMAIN + session)
    return b"".join(_point(prefix.copy(), key) for key in keys)


def moved(points: bytes, secret: bytes, *, processes: int = 1) -> bytes:
    """All points moved by the secret, in their order.

    Raises:
        MessageBroken: a point is none, or one of the few from which a secret could be read.
    """
    parts = [points[start : start + _CHUNK * SIZE] for start in range(0, len(points), _CHUNK * SIZE)]
    if processes == 1 or len(parts) <= processes:
        return b"".join(_moved_part(part, secret) for part in parts)
    # Fresh processes, not copies of this one: it may hold threads and open connections.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return b"".join(pool.map(_moved_part, parts, [secret] * len(parts)))


def split(points: bytes) -> list[bytes]:
    """The points one by one."""
    return [points[start : start + SIZE] for start in range(0, len(points), SIZE)]


def canonical(point: bytes) -> int:
    """A point's coordinate: several texts of 32 bytes may name one (RFC 7748, 5)."""
    return (int.from_bytes(point, "little") & _BELOW_TOP_BIT) % _PRIME


def _point(digest: hashlib._Hash, key: str) -> bytes:
    digest.update(key.encode())
    return digest.digest()


def _moved_part(points: bytes, secret: bytes) -> bytes:
    private = X25519PrivateKey.from_private_bytes(secret)
    try:
        return b"".join(private.exchange(X25519PublicKey.from_public_bytes(point)) for point in split(points))
    except ValueError:
        raise MessageBroken(reason="a point of it is of low order", reason_zh="其中含有不合规的点") from None
