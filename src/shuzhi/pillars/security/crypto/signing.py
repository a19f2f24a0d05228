"""Signatures (签名): Ed25519, ECDSA on P-256 with SHA-256, and SM2 with SM3 (GB/T 32918).

Keys are bytes: a private key its 32-byte number or seed; a public key 32 bytes (Ed25519) or the 64 bytes of its
point. Signatures are 64 bytes, for the curves `r ‖ s`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from shuzhi.pillars.security.crypto import sm2
from shuzhi.pillars.security.crypto.errors import UnknownAlgorithm

ED25519, P256, SM2 = "ed25519", "ecdsa-p256", "sm2"
HALF = 32


@dataclass(frozen=True)
class SigningKey:
    """A private key with its public one."""

    algorithm: str
    private: bytes = field(repr=False)
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """The message's signature."""
        return _kind(self.algorithm).sign(self.private, self.public, message)


@dataclass(frozen=True)
class _Kind:
    generate: Callable[[], bytes]
    public: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def generate(algorithm: str) -> SigningKey:
    """A fresh key."""
    return signing_key(algorithm, _kind(algorithm).generate())


def signing_key(algorithm: str, private: bytes) -> SigningKey:
    """The key of these private bytes."""
    return SigningKey(algorithm, private, _kind(algorithm).public(private))


def is_signed(algorithm: str, public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is right; anything that is no signature or no key is not."""
    kind = _kind(algorithm)
    return len(signature) == 2 * HALF and kind.verify(public, message, signature)


def _ed25519_public(private: bytes) -> bytes:
    return ed25519.Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _ed25519_sign(private: bytes, _: bytes, message: bytes) -> bytes:
    return ed25519.Ed25519PrivateKey.from_private_bytes(private).sign(message)


def _ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _p256(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private), ec.SECP256R1())


def _p256_generate() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(HALF)


def _p256_public(private: bytes) -> bytes:
    point = _p256(private).public_key().public_numbers()
    return point.x.to_bytes(HALF) + point.y.to_bytes(HALF)


def _p256_sign(private: bytes, _: bytes, message: bytes) -> bytes:
    r, s = decode_dss_signature(_p256(private).sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(HALF) + s.to_bytes(HALF)


def _p256_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    der = encode_dss_signature(int.from_bytes(signature[:HALF]), int.from_bytes(signature[HALF:]))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


_KINDS = {
    ED25519: _Kind(
        lambda: ed25519.Ed25519PrivateKey.generate().private_bytes_raw(),
        _ed25519_public,
        _ed25519_sign,
        _ed25519_verify,
    ),
    P256: _Kind(_p256_generate, _p256_public, _p256_sign, _p256_verify),
    SM2: _Kind(sm2.generate, sm2.public_key, sm2.sign, sm2.verify),
}
ALGORITHMS = tuple(_KINDS)


def _kind(algorithm: str) -> _Kind:
    try:
        return _KINDS[algorithm]
    except KeyError:
        raise UnknownAlgorithm(name=algorithm, known=", ".join(_KINDS)) from None
