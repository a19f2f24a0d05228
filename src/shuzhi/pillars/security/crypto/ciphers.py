"""Authenticated encryption (加密): AES-256-GCM and SM4-GCM (RFC 8998), both by `cryptography`.

A sealed value is nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). The context is authenticated with it: a value
that was copied to another place does not open there.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shuzhi.pillars.security.crypto.errors import NotAuthentic, UnknownAlgorithm

AES, SM4 = "aes-256-gcm", "sm4-gcm"
KEY_BYTES = {AES: 32, SM4: 16}
NONCE_BYTES, TAG_BYTES = 12, 16


def new_key(algorithm: str) -> bytes:
    """A fresh key of the right length."""
    return os.urandom(_length(algorithm))


def seal(algorithm: str, key: bytes, plain: bytes, *, context: bytes) -> bytes:
    """Encrypt under a fresh nonce."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + encrypt(algorithm, key, nonce, plain, context=context)


def unseal(algorithm: str, key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        NotAuthentic: it was changed, or key or context are others.
    """
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise NotAuthentic
    return decrypt(algorithm, key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context=context)


def encrypt(algorithm: str, key: bytes, nonce: bytes, plain: bytes, *, context: bytes) -> bytes:
    """Ciphertext ‖ tag. The nonce must never be used twice under one key: use `seal`."""
    _check(algorithm, key)
    if algorithm == AES:
        return AESGCM(key).encrypt(nonce, plain, context)
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(context)
    return cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(algorithm: str, key: bytes, nonce: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """The plain text of ciphertext ‖ tag.

    Raises:
        NotAuthentic: it was changed, or key, nonce or context are others.
    """
    _check(algorithm, key)
    work: Callable[..., bytes] = _decrypt_aes if algorithm == AES else _decrypt_sm4
    try:
        return work(key, nonce, sealed, context)
    except InvalidTag:
        raise NotAuthentic from None


def _decrypt_aes(key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, context)


def _decrypt_sm4(key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
    body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(context)
    return cipher.update(body) + cipher.finalize()


def _length(algorithm: str) -> int:
    try:
        return KEY_BYTES[algorithm]
    except KeyError:
        raise UnknownAlgorithm(name=algorithm, known=", ".join(KEY_BYTES)) from None


def _check(algorithm: str, key: bytes) -> None:
    if len(key) != _length(algorithm):
        raise NotAuthentic
