"""Keeping callers' secrets (密钥保管): the gateway must compute HMACs with them, so they are sealed, not hashed.

AES-256-GCM under a key derived from the node's secret file, bound to the key id: a sealed secret copied to
another key's row does not open.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Vault:
    """Seals and opens secrets with one node key."""

    def __init__(self, node_secret: str) -> None:
        """Derive the sealing key from the node's secret of the name `exchange`."""
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"shuzhi exchange credentials 1")
        self._cipher = AESGCM(derived.derive(node_secret.encode()))
        self.open = lru_cache(maxsize=10_000)(self._open)

    def seal(self, key_id: str, secret: str) -> bytes:
        """The secret as it is stored."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), key_id.encode())

    def _open(self, key_id: str, sealed: bytes) -> bytes:
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key_id.encode())
