"""TLS of the front with real certificates: who has none of the right authority does not get in."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.node.front.test_http import Echo

from shuzhi.foundation.settings import Settings
from shuzhi.node.front.server import Front
from shuzhi.node.front.tls import tls_context


@dataclass
class Authority:
    """Issues certificates into a folder."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed(self.name, self.key, is_authority=True)
        self.file = self.folder / f"{self.name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, secret = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        signed = self._signed(name, key, is_authority=False)
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, secret

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool) -> x509.Certificate:
        today = datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(usage(is_authority=is_authority), critical=True)
            .sign(self.key, hashes.SHA256())
        )


def usage(*, is_authority: bool) -> x509.KeyUsage:
    """What RFC 5280 wants an authority to say, and Python asks for from 3.13 on."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def ask(chosen: Settings, client: ssl.SSLContext | None) -> bytes:
    """What a caller gets; nothing when it does not get in."""
    try:
        return _ask(chosen, client)
    except (ssl.SSLError, ConnectionError):
        return b""


def _ask(chosen: Settings, client: ssl.SSLContext | None) -> bytes:

    async def run() -> bytes:
        front = Front(Echo())
        loop = asyncio.get_running_loop()
        server = await loop.create_server(front.connect, "127.0.0.1", 0, ssl=tls_context(chosen))
        try:
            place = server.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(*place, ssl=client)
            writer.write(b"GET /v1/interfaces/x HTTP/1.1\r\nconnection: close\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return answer
        finally:
            server.close()
            await front.drain(0)

    return asyncio.run(run())


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "authority")


@pytest.fixture
def chosen(authority):
    certificate, key = authority.issue("gateway")
    return Settings(
        gateway_tls_certificate=certificate, gateway_tls_key=key, gateway_tls_callers=authority.file
    )


def caller(trusting: Authority, *own: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=trusting.file)
    if own:
        context.load_cert_chain(*own)
    return context


def test_a_caller_with_a_certificate_of_the_authority_is_answered(authority, chosen):
    assert ask(chosen, caller(authority, *authority.issue("tax"))).startswith(b"HTTP/1.1 200 OK")


def test_the_gateway_is_told_whose_certificate_it_was(authority, chosen, monkeypatch):
    told = []
    kept = Echo.take

    def take(self, *request, **more):
        told.append(more["certificate"])
        kept(self, *request, **more)

    monkeypatch.setattr(Echo, "take", take)
    certificate, key = authority.issue("tax")
    ask(chosen, caller(authority, certificate, key))
    ask(Settings(), None)
    shown = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()
    assert told == [shown, None]


def test_a_caller_without_one_is_not(authority, chosen):
    assert ask(chosen, caller(authority)) == b""


def test_a_caller_with_one_of_another_authority_is_not(authority, chosen, tmp_path):
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    assert ask(chosen, caller(authority, *stranger.issue("thief"))) == b""


def test_a_caller_without_tls_is_not(chosen):
    assert b"200" not in ask(chosen, None)


def test_old_versions_are_not_spoken(authority, chosen):
    context = caller(authority, *authority.issue("old"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert ask(chosen, context).startswith(b"HTTP/1.1 200 OK")
    assert tls_context(chosen).minimum_version is ssl.TLSVersion.TLSv1_2
