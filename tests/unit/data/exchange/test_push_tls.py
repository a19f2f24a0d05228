"""Pushing over TLS: the certificate must be the host's that was approved, whatever address it resolves to."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.following import FOLLOW, LOOPBACK, Receiver, deliver, firm, note

from shuzhi.data.exchange import queries
from shuzhi.data.exchange.pushing import endpoints


def certificate(folder, *names):
    """A self-signed certificate for hosts or addresses; file of it with its key."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    known = [
        x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names
    ]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{names[0]}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.fixture
def push(world, tmp_path, monkeypatch):
    """Pushes one event to a host whose receiver shows a certificate; what came, and how the stream stands."""
    monkeypatch.setattr(endpoints, "rules_of", lambda _: LOOPBACK)
    worlds.install_interface(worlds.declare_interface(**FOLLOW))
    made = []

    def pushed(*shown, host="hooks.example.org", is_trusted=True):
        file = certificate(tmp_path, *shown)
        receiver = Receiver()
        made.append(receiver)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        port = receiver.server.server_address[1]
        key = worlds.subscribe("firm-changes", endpoint=f"https://{host}:{port}/hook")
        note("created", firm(1))
        trust = ssl.create_default_context(cafile=str(file) if is_trusted else None)
        deliver(trust=trust, resolve=lambda host, port: ["127.0.0.1"], seconds=5.0)
        return receiver.requests, queries.stream(key.subscription)

    yield pushed
    for one in made:
        one.close()


def test_the_approved_host_is_reached_at_its_address(push):
    requests, stream = push("hooks.example.org")
    assert stream.delivered == 1, stream
    assert requests[0][0]["host"].startswith("hooks.example.org:")


@pytest.mark.parametrize("shown", [("other.example.org",), ("127.0.0.1",)])
def test_another_hosts_certificate_gets_nothing(push, shown):
    """Not even one for the very address: the name was approved."""
    requests, stream = push(*shown)
    assert (requests, stream.delivered, stream.failures) == ([], 0, 1)


def test_a_certificate_of_nobody_gets_nothing(push):
    requests, stream = push("hooks.example.org", is_trusted=False)
    assert (requests, stream.delivered) == ([], 0)
