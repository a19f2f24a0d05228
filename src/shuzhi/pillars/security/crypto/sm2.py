"""SM2 (GB/T 32918) by whichever library the machine has: GmSSL in C, else gmalg in pure Python.

GmSSL's wheels exist for x86-64; gmalg runs everywhere, twenty times slower and not in constant time. The signer's
name is the default of GM/T 0009, as every other product expects.
"""

from __future__ import annotations

import secrets
from typing import Any, Protocol

import gmalg
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SIGNER = b"1234567812345678"
HALF = 32
# n - 1 of the curve: a private key is a number below it, from 1.
_LAST = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122


class Library(Protocol):
    """What both libraries offer, on bytes."""

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature r ‖ s."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether it is right."""


class Gmssl:
    """GmSSL's C code."""

    def __init__(self) -> None:
        """Raises ImportError where there is no wheel."""
        import gmssl_pyx

        self._library: Any = gmssl_pyx

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature r ‖ s."""
        r, s = decode_dss_signature(self._library.sm2_sign(private, public, message, SIGNER))
        return r.to_bytes(HALF) + s.to_bytes(HALF)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether it is right."""
        der = encode_dss_signature(int.from_bytes(signature[:HALF]), int.from_bytes(signature[HALF:]))
        try:
            return bool(self._library.sm2_verify(public, message, der, SIGNER))
        except self._library.GmsslInnerError:
            return False


class Gmalg:
    """gmalg's Python code."""

    def sign(self, private: bytes, public: bytes, message: bytes) -> bytes:
        """The signature r ‖ s."""
        r, s = gmalg.SM2(private, SIGNER, b"\x04" + public).sign(message)
        return bytes(r).rjust(HALF, b"\0") + bytes(s).rjust(HALF, b"\0")

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether it is right."""
        try:
            key = gmalg.SM2(None, SIGNER, b"\x04" + public)
            return bool(key.verify(message, signature[:HALF], signature[HALF:]))
        except (ValueError, gmalg.errors.Error):
            return False


def _find() -> Library:
    try:
        return Gmssl()
    except ImportError:
        return Gmalg()


_library = _find()


def generate() -> bytes:
    """A fresh private key."""
    return (secrets.randbelow(_LAST - 1) + 1).to_bytes(HALF)


def public_key(private: bytes) -> bytes:
    """The 64 bytes of the private key's point."""
    return bytes(gmalg.SM2().generate_pk(private))[-2 * HALF :]


def sign(private: bytes, public: bytes, message: bytes) -> bytes:
    """The signature r ‖ s over the message, by SM3 with the signer's default name."""
    return _library.sign(private, public, message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is right."""
    return len(public) == 2 * HALF and _library.verify(public, message, signature)
