"""Packages that verify anywhere, the four checks, terms and destruction, filing by itself, and K02."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import msgspec.structs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.crypto.signing import ED25519, SM2, generate
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.archive import checking, errors, following, packing, queries, services
from shuzhi.support.archive.types import ArchiveDeclaration, ArchivedFile, Check

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PLATFORM = system("test")
OFFICE = "hotline-12345"
CLERK = Actor("account/clerk", "许档", OFFICE, roles=frozenset({Role.DATA_OFFICER}))
APPROVER = Actor("account/approver", "陈批", OFFICE, roles=frozenset({Role.APPROVER}))
STRANGER = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.APPROVER}))
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
ABOUT = {
    "number": "DA2026-1", "subject": "case/9", "office": OFFICE, "kind": "k", "closed_at": "2026-11-20", "grade": "L3",
    "filed_at": "2026-11-20T02:00:00+00:00",
}  # fmt: skip
PARTS = [ArchivedFile("history.json", b"[]"), ArchivedFile("facts.json", b"{}")]


def packed(files=(), about=None, algorithm=ED25519):
    key = generate(algorithm)
    package = packing.pack(about or ABOUT, [*PARTS, *files], key_id="k1", key=key)
    return package, {"k1": (algorithm, key.public)}


def changed(package, name, content):
    """The package with one file put in the place of another, or taken out."""
    found = packing.unpack(package) | {name: content}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as box:
        for each, body in found.items():
            if body is not None:
                box.writestr(each, body)
    return made.getvalue()


class TestFourChecks:
    @pytest.mark.parametrize("algorithm", [ED25519, SM2])
    def test_a_whole_package_holds_by_its_public_key_alone(self, algorithm):
        package, keys = packed([ArchivedFile("不动产权证书.pdf", PDF)], algorithm=algorithm)

        assert checking.check(package, keys=keys, required=("不动产权证书",)).holds
        found = packing.unpack(package)
        assert found["bagit.txt"].startswith(b"BagIt-Version: 1.0")
        assert b"data/facts.json" in found["manifest-sm3.txt"]
        assert not checking.check(package, keys={}).holds, "nobody is trusted"

    @settings(max_examples=30, deadline=None)
    @given(st.sampled_from(["data/facts.json", "data/history.json", "metadata.json", "manifest-sm3.txt", "tagmanifest-sha256.txt", "signature.json", "bag-info.txt"]), st.binary(max_size=40))  # fmt: skip
    def test_no_change_goes_unseen(self, name, content):
        package, keys = packed()
        assert Check.GENUINE in checking.check(changed(package, name, content), keys=keys).faults
        assert Check.GENUINE in checking.check(changed(package, name, None), keys=keys).faults
        assert Check.GENUINE in checking.check(changed(package, "data/more.txt", b"x"), keys=keys).faults

    @pytest.mark.parametrize(
        ("name", "content", "fault"),
        [
            ("scan.exe", b"MZ\x90", Check.SAFE),
            ("scan.pdf", PDF.replace(b"<<>>", b"<</OpenAction /JavaScript>>"), Check.SAFE),
            ("scan.pdf", b"%PDF-1.7 cut", Check.USABLE),
            ("note.docx", b"PK\x03\x04", Check.USABLE),
            ("note.txt", b"\xff\xfe", Check.USABLE),
            ("data.json", b"{", Check.USABLE),
        ],
    )
    def test_what_lasts_and_what_runs(self, name, content, fault):
        package, keys = packed([ArchivedFile(name, content)])
        assert fault in checking.check(package, keys=keys).faults

    def test_what_is_missing_is_named(self):
        package, keys = packed(about=ABOUT | {"grade": ""})
        found = checking.check(package, keys=keys, required=("批复",))
        assert set(found.faults) == {Check.COMPLETE, Check.SAFE}
        assert "批复" in found.faults[Check.COMPLETE][0].zh

    @pytest.mark.parametrize("rubbish", [b"", b"PK", b"x" * 100])
    def test_rubbish_is_no_package(self, rubbish):
        assert not checking.check(rubbish, keys={}).holds
        with pytest.raises(errors.NameWrong):
            packed([ArchivedFile("../facts.json", b"{}")])


@pytest.fixture
def archive(db, tmp_path, monkeypatch):
    from shuzhi.foundation import files
    from shuzhi.foundation.settings import settings as chosen
    from shuzhi.support.archive.services import filing, keeping

    ring = node.open_keyring(msgspec.structs.replace(chosen(), home=tmp_path))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    store = files.FileStore(tmp_path / "files")
    for module in (filing, keeping):
        monkeypatch.setattr(module, "file_store", lambda: store)
    install("hotline", loop="payment-difference")
    return store


def install(name, **changes):
    told = {
        "archive": name,
        "title": {"zh": "诉求", "en": "Requests"},
        "years": 10,
        "basis": [{"title": "中华人民共和国档案法", "since": "2021-01-01"}],
    }
    declared = ArchiveDeclaration.model_validate(told | changes)
    services.install_kind(declaration=declared, pack="test", by=PLATFORM, at=AT)


def filed(subject="case/9", *, by=PLATFORM, kind="hotline", contents=()):
    return services.file_case(
        subject=subject, title=Words(zh="路灯不亮", en="A lamp"), office=OFFICE, closed_at=AT, contents=contents,
        facts={"where": "文一路", "at": AT}, kind=kind, by=by, at=AT,
    )  # fmt: skip


class TestRecords:
    def test_the_same_case_is_the_same_record(self, archive):
        record = filed()

        assert filed() == record
        assert record.checked.holds
        assert record.keep_until == date(2036, 12, 31)
        package = services.read_package(record=record.number, purpose="复查", by=CLERK, at=AT)
        assert checking.check(package, keys=queries.keys()).holds
        assert queries.archived(AT.date()) == ({"case/9"}, {"case/9"})

    def test_who_may_read(self, archive):
        record = filed()
        with pytest.raises(Forbidden):
            services.read_package(record=record.number, purpose="看看", by=STRANGER, at=AT)
        with pytest.raises(errors.PurposeMissing):
            services.read_package(record=record.number, purpose=" ", by=CLERK, at=AT)
        with pytest.raises(Forbidden):
            filed("case/10", by=STRANGER)

    def test_damage_in_the_store_is_found(self, archive):
        record = filed()
        path = archive.path(record.sha256)
        path.chmod(0o600)
        path.write_bytes(changed(path.read_bytes(), "data/facts.json", b"{}"))

        found = services.check_record(record=record.number, by=CLERK, at=AT)

        assert Check.GENUINE in found.checked.faults
        assert queries.archived(AT.date()) == (frozenset(), {"case/9"})

    @pytest.mark.django_db(transaction=False)
    def test_destroyed_by_two_when_the_term_is_over(self, archive, django_capture_on_commit_callbacks):
        record, later = filed(), datetime(2037, 1, 2, tzinfo=UTC)
        with pytest.raises(errors.StillKept):
            services.propose_destruction(record=record.number, by=CLERK, at=AT + timedelta(days=3000))
        with pytest.raises(errors.NotProposed):
            services.destroy(record=record.number, by=APPROVER, at=later)
        services.propose_destruction(record=record.number, by=APPROVER, at=later)
        with pytest.raises(errors.SamePerson):
            services.destroy(record=record.number, by=APPROVER, at=later)
        services.propose_destruction(record=record.number, by=CLERK, at=later)
        with django_capture_on_commit_callbacks(execute=True):
            services.destroy(record=record.number, by=APPROVER, at=later)

        assert not archive.has(record.sha256)
        with pytest.raises(errors.Destroyed):
            services.read_package(record=record.number, purpose="复查", by=CLERK, at=later)

    def test_kept_for_good(self, archive):
        install("births", years=None)
        record = filed(kind="births")
        with pytest.raises(errors.StillKept):
            services.propose_destruction(record=record.number, by=CLERK, at=AT.replace(year=2999))


def test_a_closed_dossier_is_archived_by_itself(archive):
    from tests.unit.support.payments.world import install as install_loop

    from shuzhi.support.workflow import services as workflow

    install_loop()
    made = workflow.open_dossier(
        loop="payment-difference", subject="statement/1", title=Words(zh="差异", en="Difference"), office=OFFICE,
        requester=None, by=system("payments"), at=AT,
    )  # fmt: skip
    workflow.act(dossier=made.id, action="settle", note="已查明", by=CLERK, at=AT)
    event = {"dossier": made.id, "loop": "payment-difference"}
    for _ in range(2):  # events come at least once
        following.on_dossier_closed(event, AT)
    following.on_dossier_closed({"dossier": made.id, "loop": "other"}, AT)

    record = queries.record_about(f"dossier/{made.id}")
    assert record.checked.holds
    found = packing.unpack(services.read_package(record=record.number, purpose="复查", by=CLERK, at=AT))
    assert "已查明" in found["data/history.json"].decode()
