"""Certificates (数字证书, X.509) of a node's own small authority: ECDSA on P-256, which ordinary readers check."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shuzhi.pillars.security.crypto.signing import SigningKey

AUTHORITY_FOR, LEAF_FOR = timedelta(days=3650), timedelta(days=1095)
BEFORE = timedelta(minutes=5)  # clocks that are behind
HALF = 32


def authority(name: str, key: SigningKey, *, at: datetime, serial: int) -> bytes:
    """A certificate that signs itself and others, PEM."""
    builder = _begun(name, name, key.public, serial=serial, at=at, life=AUTHORITY_FOR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return _signed(builder, key)


def leaf(name: str, public: bytes, issuer: bytes, key: SigningKey, *, at: datetime, serial: int) -> bytes:
    """A certificate for a key that signs documents, by the authority `issuer` with its `key`, PEM."""
    top = x509.load_pem_x509_certificate(issuer)
    builder = _begun(name, top.subject, public, serial=serial, at=at, life=LEAF_FOR)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(key.public))
    return _signed(builder.add_extension(identifier, critical=False), key)


def _begun(
    name: str, issuer: str | x509.Name, public: bytes, *, serial: int, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    by = _named(issuer) if isinstance(issuer, str) else issuer
    builder = x509.CertificateBuilder().subject_name(_named(name)).issuer_name(by).public_key(_public(public))
    builder = builder.serial_number(serial or 1).not_valid_before(at - BEFORE).not_valid_after(at + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(_public(public)), critical=False)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=not signs_certificates,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=signs_certificates, crl_sign=signs_certificates, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _public(public: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)


def _signed(builder: x509.CertificateBuilder, key: SigningKey) -> bytes:
    private = ec.derive_private_key(int.from_bytes(key.private), ec.SECP256R1())
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
