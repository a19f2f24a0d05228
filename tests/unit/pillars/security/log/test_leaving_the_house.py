"""Exports, receipts and heads, verified by the one file that needs no platform, in a Python without packages."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pillars.security.test_audit import AT, as_superuser, write
from tests.unit.pillars.security.test_blocks import call, write_block

from shuzhi.pillars.security import audit, blocks
from shuzhi.pillars.security.crypto import node, signing
from shuzhi.pillars.security.errors import LogTooShort, NoSuchEntry
from shuzhi.pillars.security.log import exporting, notes, proofs, receipts, verify_audit
from shuzhi.pillars.security.log.merkle import Hasher
from shuzhi.pillars.security.models import AuditLog
from shuzhi.pillars.security.types import Actor, Role

AUDITOR = Actor(name="account/wen", office="data-bureau", roles=frozenset({Role.BUREAU}))
VERIFIER = Path(verify_audit.__file__)


def verifies(*arguments: object, program: Path = VERIFIER) -> dict:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout) if done.returncode == 0 else {"verified": False, "said": done.stderr}


def test_the_verifier_is_short_and_imports_nothing_of_ours():
    text = VERIFIER.read_text("utf-8")
    assert len(text.splitlines()) < 300
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))
    }
    assert imported <= sys.stdlib_module_names


class TestSignatures:
    """The verifier's own signature checks against the libraries'."""

    # RFC 8032, 7.1, tests 1 to 3 and SHA(abc): public key, message, signature.
    RFC8032 = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            (
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ),
    ]

    @pytest.mark.parametrize(("public", "message", "signature"), RFC8032)
    def test_ed25519_vectors(self, public, message, signature):
        public, message, signature = map(bytes.fromhex, (public, message, signature))
        assert verify_audit.ed25519_fits(public, message, signature)
        assert not verify_audit.ed25519_fits(public, message + b"\0", signature)

    FITS = {"ed25519": verify_audit.ed25519_fits, "sm2": verify_audit.sm2_fits}

    @pytest.mark.parametrize("algorithm", FITS)
    @settings(max_examples=15, deadline=None)
    @given(message=st.binary(max_size=60), place=st.integers(0, 63), bit=st.integers(0, 7))
    def test_agrees_with_the_library(self, algorithm, message, place, bit):
        fits, key = self.FITS[algorithm], signing.generate(algorithm)
        signature = key.sign(message)
        changed = bytearray(signature)
        changed[place] ^= 1 << bit

        assert fits(key.public, message, signature)
        assert not fits(key.public, message, bytes(changed))
        assert not fits(key.public, message + b"x", signature)
        assert not fits(signing.generate(algorithm).public, message, signature)
        assert not fits(key.public[:-1], message, signature)
        assert not fits(key.public, message, signature[:-1])

    def test_a_signature_that_was_stretched_is_refused(self):
        """S + L verifies where nobody looks; RFC 8032 forbids it."""
        key = signing.generate("ed25519")
        signature = key.sign(b"m")
        stretched = int.from_bytes(signature[32:], "little") + verify_audit.L
        assert not verify_audit.ed25519_fits(
            key.public, b"m", signature[:32] + stretched.to_bytes(32, "little")
        )

    @given(coded=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
    @settings(max_examples=50, deadline=None)
    def test_noise_is_no_signature(self, coded, signature):
        assert not verify_audit.ed25519_fits(coded, b"m", signature)
        assert not verify_audit.sm2_fits(coded * 2, b"m", signature)


@pytest.fixture
def log(db):
    write(3)
    block = write_block([call(n) for n in range(4)])
    audit.seal(at=AT, most=4)
    audit.seal(at=AT)
    return block


@pytest.fixture
def exported(log, tmp_path):
    exporting.export(tmp_path / "log")
    return tmp_path / "log"


def entries(folder: Path) -> list[bytes]:
    (file,) = (folder / "entries").iterdir()
    return gzip.decompress(file.read_bytes()).splitlines()


def replace(folder: Path, lines: list[bytes]) -> None:
    (file,) = (folder / "entries").iterdir()
    file.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))


class TestExport:
    def test_verifies_with_the_program_that_comes_with_it(self, exported):
        found = verifies("export", exported, program=exported / "verify_audit.py")
        head = audit.head()
        assert (found["verified"], found["entries"], found["heads"], found["root"]) == (True, 7, 2, head.root)
        assert found["key_pinned"] is False

    def test_several_files(self, log, tmp_path, monkeypatch):
        monkeypatch.setattr(exporting, "A_FILE", 256)
        monkeypatch.setattr(exporting, "STRETCH", 256)
        write(600)
        audit.seal(at=AT)
        seen = []
        exporting.export(tmp_path, progress=lambda done, total: seen.append((done, total)))
        assert verifies("export", tmp_path)["entries"] == 607
        assert seen == [(256, 607), (512, 607), (607, 607)]

    def test_a_changed_entry_is_named(self, exported):
        lines = entries(exported)
        lines[4] = lines[4].replace(b"interface/firm", b"interface/fire")
        replace(exported, lines)
        found = verifies("export", exported)
        name = lines[4].split(b"\t")[0].decode()
        assert f"entry {name} at 4 was changed" in found["said"]
        assert found["said"].count("was changed") == 1

    def test_dropped_reordered_inserted_and_cut_off(self, exported):
        lines = entries(exported)
        for other, said in (
            (lines[:2] + lines[3:], "at 2 was changed"),
            ([*lines[:2], lines[3], lines[2], *lines[4:]], "at 2 was changed"),
            ([*lines[:2], lines[2], *lines[2:]], "at 3 was changed"),
            (lines[:-1], "there are 6"),
        ):
            replace(exported, other)
            assert said in verifies("export", exported)["said"]

    def test_an_entry_rewritten_with_its_hash_is_between_two_heads(self, exported):
        lines = entries(exported)
        lines[6] = lines[6].replace(b"interface/firm", b"interface/fire")
        replace(exported, lines)
        leaves = Hasher().leaves([line.split(b"\t")[1] for line in lines])
        (file,) = (exported / "hashes").iterdir()
        file.write_bytes(b"".join(leaves))
        assert "entries 3 to 6 do not give the head" in verifies("export", exported)["said"]

    def test_a_log_cut_at_a_head_lacks_the_newer_head(self, exported, tmp_path):
        noted = tmp_path / "head"
        shutil.copy(exported / "head.txt", noted)
        assert verifies("export", exported, "--head", noted)["verified"]

        heads = (exported / "heads.ndjson").read_text().splitlines()
        (exported / "heads.ndjson").write_text(heads[0] + "\n")
        replace(exported, entries(exported)[:3])
        (file,) = (exported / "hashes").iterdir()
        file.write_bytes(file.read_bytes()[:96])
        assert verifies("export", exported)["verified"]  # by itself the shorter log is whole
        assert "noted earlier" in verifies("export", exported, "--head", noted)["said"]

    def test_a_log_rewritten_under_another_key_fails_against_the_key_given_out(self, exported):
        (pinned,) = proofs.public_keys()
        assert verifies("export", exported, "--key", pinned.text)["key_pinned"]

        head = notes.read_head(audit.head().note)
        other = signing.generate("ed25519")
        note = notes.sign_head(head, other)
        (exported / "heads.ndjson").write_text(json.dumps({"note": note}) + "\n")
        (exported / "keys.txt").write_text(notes.PublicKey(head.origin, "ed25519", other.public).text + "\n")
        assert verifies("export", exported)["verified"]  # it is whole, but somebody else's
        assert "not signed" in verifies("export", exported, "--key", pinned.text)["said"]

    @pytest.mark.parametrize("part", ["entries", "hashes", "heads.ndjson", "keys.txt"])
    def test_what_is_missing_or_rubbish_is_not_verified(self, exported, part):
        path = exported / part
        for file in path.iterdir() if path.is_dir() else [path]:
            file.write_bytes(b"rubbish")
        assert not verifies("export", exported)["verified"]

    def test_a_changed_database_is_exported_as_it_is_and_found(self, log, tmp_path):
        as_superuser("UPDATE security_auditentry SET target = 'x' WHERE block IS NULL")
        exporting.export(tmp_path)
        assert verifies("export", tmp_path)["said"].count("was changed") == 3


class TestReceipts:
    def keep(self, told, tmp_path: Path) -> Path:
        file = tmp_path / "receipt.json"
        file.write_bytes(receipts.as_json(told))
        return file

    def test_verifies_with_key_and_head(self, log, tmp_path):
        file = self.keep(receipts.receipt("r2", by=AUDITOR, at=AT), tmp_path)
        (tmp_path / "head").write_text(audit.head().note)
        (key,) = proofs.public_keys()
        found = verifies("receipt", file, "--key", key.text, "--head", tmp_path / "head")
        assert (found["entry"], found["place"], found["size"]) == (f"b{log}.2", 5, 7)

    def test_is_found_by_request_or_name_before_and_after_sealing_and_unfolding(self, db):
        block = write_block([call(1), call(2)])
        waiting = receipts.receipt("r2", by=AUDITOR, at=AT)  # seals what waits
        assert (waiting.entry, waiting.place) == (f"b{block}.1", 1)
        assert receipts.receipt(f"b{block}.1", by=AUDITOR, at=AT) == waiting
        write(1)
        newest = blocks.reference(block, 0)
        assert receipts.receipt(newest, by=AUDITOR, at=AT).place == 0

    def test_every_word_of_it_counts(self, log, tmp_path):
        file = self.keep(receipts.receipt("r1", by=AUDITOR, at=AT), tmp_path)
        told = json.loads(file.read_bytes())
        assert json.loads(told["content"])["facts"]["request"] == "r1"
        changes = {
            "content": told["content"].replace("subscription/7", "subscription/8"),
            "place": told["place"] + 1,
            "proof": told["proof"][::-1],
            "head": told["head"].replace("\n7\n", "\n8\n"),
            "keys": [],
        }
        for name, value in changes.items():
            file.write_text(json.dumps(told | {name: value}))
            assert not verifies("receipt", file)["verified"], name

    def test_only_auditors_the_caller_and_the_owner_get_it(self, db):
        write_block([call(1, office="tax", facts={"request": "r1", "owner": "market"})])

        def ask(office, *roles):
            actor = Actor(name="account/x", office=office, roles=frozenset(roles))
            return receipts.receipt("r1", by=actor, at=AT)

        assert ask("tax", Role.DATA_OFFICER) == ask("market", Role.APPROVER) == ask(None, Role.BUREAU)
        for office in ("health", None):
            with pytest.raises(NoSuchEntry):
                ask(office, Role.DATA_OFFICER)

    def test_a_stranger_name_is_refused(self, log):
        for name in ("nothing", "b99999999.0", "e99999999", f"b{log}.9"):
            with pytest.raises(NoSuchEntry):
                receipts.receipt(name, by=AUDITOR, at=AT)


class TestConsistency:
    def test_verifies_and_finds_a_rewritten_log(self, log, tmp_path):
        told = receipts.consistency(3)
        file = tmp_path / "c.json"
        file.write_bytes(receipts.as_json(told))
        assert verifies("consistency", file)["new"] == 7

        other = notes.read_head(told.old)
        root = base64.b64encode(bytes(32)).decode()
        old = told.old.replace(base64.b64encode(other.root).decode(), root)
        file.write_text(json.dumps({**json.loads(receipts.as_json(told)), "old": old}))
        assert "not the beginning" in verifies("consistency", file)["said"]

    def test_of_one_head_with_itself(self, log, tmp_path):
        (tmp_path / "c").write_bytes(receipts.as_json(receipts.consistency(7, 7)))
        assert verifies("consistency", tmp_path / "c")["verified"]

    def test_asks_for_heads_that_are_there(self, log):
        with pytest.raises(LogTooShort):
            receipts.consistency(5)


class TestNationalSuite:
    @pytest.fixture(autouse=True)
    def _national(self, monkeypatch):
        monkeypatch.setattr(node, "suite", lambda: node.SUITES["national"])
        ring = node.keyring()
        monkeypatch.setattr(ring, "active", lambda _purpose: ring.make("audit", "sm2", at=AT))

    def test_a_log_by_sm3_and_sm2_from_end_to_end(self, log, tmp_path):
        assert AuditLog.objects.get().algorithm == "sm3"
        assert "hash sm3" in audit.head().note
        assert audit.verify().sealed == 7
        exporting.export(tmp_path)
        assert verifies("export", tmp_path)["entries"] == 7
        (tmp_path / "r").write_bytes(receipts.as_json(receipts.receipt("r1", by=AUDITOR, at=AT)))
        assert verifies("receipt", tmp_path / "r")["place"] == 4
        with connection.cursor() as cursor:
            cursor.execute("SELECT length(hashes) FROM security_audittile")
            assert cursor.fetchone() == (7 * 32,)
