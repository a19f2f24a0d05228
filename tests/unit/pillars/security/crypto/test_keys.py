"""Keys under a master key, in files and in a key service of its own process."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuzhi.foundation.settings import Settings
from shuzhi.pillars.security.crypto import resealing
from shuzhi.pillars.security.crypto.errors import (
    KeyRetired,
    KeyServiceUnavailable,
    NoSuchKey,
    NotAuthentic,
)
from shuzhi.pillars.security.crypto.keyring import Keyring, State, key_of
from shuzhi.pillars.security.crypto.masters import FileMasters, HttpMasters
from shuzhi.pillars.security.crypto.node import open_keyring
from shuzhi.pillars.security.crypto.signing import is_signed

AT = datetime(2026, 3, 2, tzinfo=UTC)

# A key service as an office might run it: its master keys stay in its process.
SERVICE = """
import base64, json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
keys = [os.urandom(32)]

class Handler(BaseHTTPRequestHandler):
    def answer(self, status, **told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.serve({})

    def do_POST(self):
        self.serve(json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}"))

    def serve(self, asked):
        if self.headers["authorization"] != "Bearer letmein":
            return self.answer(401)
        read = lambda name: base64.b64decode(asked[name])
        if self.path == "/wrap":
            nonce = os.urandom(12)
            sealed = nonce + AESGCM(keys[-1]).encrypt(nonce, read("plaintext"), read("context"))
            return self.answer(200, key=str(len(keys)), ciphertext=base64.b64encode(sealed).decode())
        if self.path == "/unwrap":
            sealed = read("ciphertext")
            try:
                plain = AESGCM(keys[int(asked["key"]) - 1]).decrypt(sealed[:12], sealed[12:], read("context"))
            except Exception:
                return self.answer(422)
            return self.answer(200, plaintext=base64.b64encode(plain).decode())
        if self.path == "/rotate":
            keys.append(os.urandom(32))
        return self.answer(200, key=str(len(keys)))

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def service():
    with subprocess.Popen([sys.executable, "-c", SERVICE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture(params=["file", "file-sm4", "http"])
def masters(request, tmp_path):
    if request.param == "http":
        return HttpMasters(request.getfixturevalue("service"), "letmein")
    return FileMasters(tmp_path, "sm4-gcm" if request.param == "file-sm4" else "aes-256-gcm")


@pytest.fixture
def ring(tmp_path, masters):
    return Keyring(tmp_path, masters)


class TestKeyring:
    def test_opens_what_it_sealed_for_this_place_only(self, ring, tmp_path):
        sealed = ring.seal("notes", "aes-256-gcm", b"secret", context=b"row/1", at=AT)
        assert ring.unseal("notes", sealed, context=b"row/1") == b"secret"
        assert b"secret" not in sealed
        ring.make("others", "aes-256-gcm", at=AT)
        for wrong in (
            lambda: ring.unseal("notes", sealed, context=b"row/2"),
            lambda: ring.unseal("notes", sealed[:-1], context=b"row/1"),
            lambda: ring.unseal("notes", b"", context=b"row/1"),
            lambda: ring.unseal("notes", b"x" + sealed[1:], context=b"row/1"),
        ):
            with pytest.raises(NotAuthentic):
                wrong()
        with pytest.raises(NoSuchKey):
            ring.unseal("others", sealed, context=b"row/1")

    def test_after_a_rotation_seals_with_the_new_and_opens_with_the_old(self, ring):
        old = ring.seal("notes", "aes-256-gcm", b"old", context=b"", at=AT)
        made = ring.make("notes", "sm4-gcm", at=AT + timedelta(days=1))
        new = ring.seal("notes", "aes-256-gcm", b"new", context=b"", at=AT)

        assert key_of(new) == made.id != key_of(old)
        assert ring.unseal("notes", old, context=b"") == b"old"
        assert (ring.is_current("notes", old), ring.is_current("notes", new)) == (False, True)
        assert [key.state for key in ring.list_keys("notes")] == [State.ACTIVE, State.OPENING]

    def test_a_retired_key_opens_nothing(self, ring):
        sealed = ring.seal("notes", "aes-256-gcm", b"x", context=b"", at=AT)
        ring.retire("notes", key_of(sealed))
        with pytest.raises(KeyRetired):
            ring.unseal("notes", sealed, context=b"")

    def test_another_process_sees_new_keys_at_once(self, ring, masters, tmp_path):
        other = Keyring(tmp_path, masters)
        ring.seal("notes", "aes-256-gcm", b"x", context=b"", at=AT)
        assert other.active("notes") == ring.active("notes")
        made = ring.make("notes", "aes-256-gcm", at=AT + timedelta(days=1))
        sealed = ring.seal("notes", "aes-256-gcm", b"y", context=b"", at=AT)
        assert other.unseal("notes", sealed, context=b"") == b"y"
        assert other.active("notes") == made

    def test_a_new_master_key_wraps_all_and_values_stay(self, ring, masters, tmp_path):
        sealed = ring.seal("notes", "aes-256-gcm", b"x", context=b"", at=AT)
        before = ring.active("notes").wrapped
        masters.rotate()
        assert (ring.rewrap(), ring.rewrap()) == (1, 0)
        assert ring.active("notes").wrapped.master != before.master
        assert Keyring(tmp_path, masters).unseal("notes", sealed, context=b"") == b"x"

    @pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
    def test_signing_keys_are_wrapped_too(self, ring, tmp_path, algorithm):
        key = ring.make("audit", algorithm, at=AT)
        signer = ring.signer(key)
        assert is_signed(algorithm, key.public, b"m", signer.sign(b"m"))
        for file in tmp_path.rglob("*.json"):
            assert signer.private.hex() not in file.read_text()

    def test_a_wrapped_key_moved_to_another_purpose_does_not_open(self, ring, tmp_path):
        key = ring.make("notes", "aes-256-gcm", at=AT)
        told = json.loads((tmp_path / "keys" / "notes" / f"{key.id}.json").read_text())
        (tmp_path / "keys" / "thefts").mkdir()
        (tmp_path / "keys" / "thefts" / f"{key.id}.json").write_text(json.dumps(told | {"purpose": "thefts"}))
        with pytest.raises(NotAuthentic):
            ring.seal("thefts", "aes-256-gcm", b"x", context=b"", at=AT)

    @pytest.mark.parametrize("name", ["../../etc/passwd", "", "nothing", "0" * 16])
    def test_refuses_names_of_no_key(self, ring, name):
        ring.make("notes", "aes-256-gcm", at=AT)
        with pytest.raises(NoSuchKey):
            ring.key("notes", name)

    def test_files_are_the_nodes_own(self, ring, tmp_path):
        ring.make("notes", "aes-256-gcm", at=AT)
        for file in [*tmp_path.glob("keys/*/*"), *tmp_path.glob("secrets/*")]:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
    @given(plain=st.binary(max_size=80), context=st.binary(max_size=40), other=st.binary(max_size=40))
    def test_any_value_in_any_place(self, ring, plain, context, other):
        sealed = ring.seal("notes", "aes-256-gcm", plain, context=context, at=AT)
        assert ring.unseal("notes", sealed, context=context) == plain
        if other != context:
            with pytest.raises(NotAuthentic):
                ring.unseal("notes", sealed, context=other)


class TestKeyService:
    def test_a_wrong_token_or_nobody_there_is_said(self, service):
        with pytest.raises(KeyServiceUnavailable, match="401"):
            HttpMasters(service, "guess").current()
        with pytest.raises(KeyServiceUnavailable):
            HttpMasters("http://127.0.0.1:9", "x", timeout=1).current()

    def test_is_chosen_by_the_settings(self, service, tmp_path):
        chosen = Settings(home=tmp_path, kms_url=service)
        with pytest.raises(KeyServiceUnavailable, match="kms-token"):
            open_keyring(chosen)
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / "kms-token").write_text("letmein\n")
        ring = open_keyring(chosen)
        sealed = ring.seal("notes", "aes-256-gcm", b"x", context=b"", at=AT)
        assert ring.unseal("notes", sealed, context=b"") == b"x"
        assert not list((tmp_path / "secrets").glob("master-*"))


class TestFileMasters:
    def test_a_master_key_that_is_gone_is_named(self, tmp_path):
        masters = FileMasters(tmp_path, "aes-256-gcm")
        wrapped = masters.wrap(b"k", context=b"")
        Path(tmp_path / "secrets" / "master-1").unlink()
        with pytest.raises(NoSuchKey, match="master-1"):
            masters.unwrap(wrapped, context=b"")


class TestFinishingRotations:
    def test_seals_anew_in_passes_then_retires(self, ring, monkeypatch):
        monkeypatch.setattr(resealing, "_declared", {})
        values = [ring.seal("notes", "aes-256-gcm", b"%d" % n, context=b"", at=AT) for n in range(5)]

        def reseal(at: datetime) -> int:
            stale = [n for n, value in enumerate(values) if not ring.is_current("notes", value)][:2]
            for n in stale:
                plain = ring.unseal("notes", values[n], context=b"")
                values[n] = ring.seal("notes", "aes-256-gcm", plain, context=b"", at=at)
            return len(stale)

        resealing.declare("notes", reseal)
        ring.make("notes", "aes-256-gcm", at=AT + timedelta(days=1))
        assert resealing.finish_rotations(ring, at=AT) == {"notes": 5}
        assert [ring.unseal("notes", value, context=b"") for value in values] == [b"%d" % n for n in range(5)]
        assert [key.state for key in ring.list_keys("notes")] == [State.ACTIVE, State.RETIRED]

    def test_a_key_whose_values_nobody_seals_anew_stays(self, ring, monkeypatch):
        monkeypatch.setattr(resealing, "_declared", {})
        ring.make("notes", "aes-256-gcm", at=AT)
        ring.make("notes", "aes-256-gcm", at=AT + timedelta(days=1))
        resealing.finish_rotations(ring, at=AT)
        assert {key.state for key in ring.list_keys("notes")} == {State.ACTIVE, State.OPENING}

    def test_an_earlier_signing_key_retires_and_its_public_part_stays(self, ring):
        first = ring.make("audit", "ed25519", at=AT)
        ring.make("audit", "sm2", at=AT + timedelta(days=1))
        resealing.finish_rotations(ring, at=AT)
        assert ring.key("audit", first.id).public == first.public
        assert ring.active("audit").algorithm == "sm2"
