"""Keeping callers' secrets (密钥保管): the gateway must compute HMACs with them, so they are sealed, not hashed.

Sealed under the node's keys of the purpose `exchange`, bound to the key id: a sealed secret copied to another
key's row does not open. Secrets of before, AES-256-GCM under a key derived from the node's secret of that name, still open
until they are sealed anew.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.crypto import ciphers, node
from shuzhi.pillars.security.crypto.errors import NoSuchKey
from shuzhi.pillars.security.crypto.keyring import MARK, Keyring

PURPOSE = "exchange"


class Vault:
    """Seals and opens secrets with the node's keys."""

    def __init__(self, node_secret: str, ring: Keyring | None = None) -> None:
        """`node_secret` is the node's secret of the name `exchange`, for what was sealed before there were keys."""
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"shuzhi exchange credentials 1")
        self._former = derived.derive(node_secret.encode())
        self._ring = ring or node.keyring()
        self.open = lru_cache(maxsize=10_000)(self._open)

    def seal(self, key_id: str, secret: str, *, at: datetime | None = None) -> bytes:
        """The secret as it is stored; `at` dates the node's first key, if this makes it."""
        cipher = node.suite().cipher
        return self._ring.seal(PURPOSE, cipher, secret.encode(), context=key_id.encode(), at=at or now())

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed under the key that is active now."""
        return self._ring.is_current(PURPOSE, sealed)

    def _open(self, key_id: str, sealed: bytes) -> bytes:
        if sealed.startswith(MARK):
            try:
                return self._ring.unseal(PURPOSE, sealed, context=key_id.encode())
            except NoSuchKey:
                pass  # one in 65,536 of the former secrets begins with the mark by chance
        return ciphers.unseal(ciphers.AES, self._former, sealed, context=key_id.encode())
