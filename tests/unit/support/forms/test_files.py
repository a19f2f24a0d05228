"""Files that people hand in: what they are by content, and that they do nothing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
from tests.unit.support.forms import forms, people

from shuzhi.foundation.files import file_store
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.erasing import Erased, is_sealed, open_copy
from shuzhi.pillars.security.types import system
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.errors import AlreadySubmitted, FileRefused, NoSuchFileField
from shuzhi.support.forms.inspecting import inspect_file, safe_name

ALL = ("pdf", "jpeg", "png", "docx", "xlsx")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=1, height=1, after=b""):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body + after


def jpeg(width=8, height=8, after=b"\xff\xd9"):
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"JF" + frame + b"\xff\xda\0\x02\x01" + after


def pdf(inside=b"/Type /Catalog"):
    return b"%PDF-1.7\n1 0 obj <<" + inside + b">> endobj\ntrailer <<>>\n%%EOF\n"


def packed(objects, about=b"/Type /ObjStm /Filter /FlateDecode"):
    return pdf(about + b">>\nstream\n" + zlib.compress(objects) + b"\nendstream\n<<")


def office(more=(), main="word/document.xml", types="<Types/>", rels="<Relationships/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", rels)
        archive.writestr(main, "<w/>")
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def lying_zip():
    content = bytearray(office([("word/media/a.bin", b"\0" * 2_000_000)]))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(content)


OUTSIDE = '<Relationships><Relationship Type="x/attachedTemplate" Target="http://e.org/a.dotm" TargetMode="External"/></Relationships>'
LINK = '<Relationships><Relationship Type="x/hyperlink" Target="http://e.org/" TargetMode="External"/></Relationships>'
GOOD = [
    ("证明.pdf", pdf(), "pdf"),
    ("a.PDF", packed(b"<< /Type /Page >>"), "pdf"),
    ("photo.jpg", jpeg(), "jpeg"),
    ("photo.jpeg", jpeg(after=b"more\xff\xd9tail of a telephone"), "jpeg"),
    ("a.png", png(), "png"),
    ("v1.2 final.pdf", pdf(), "pdf"),
    ("a.docx", office(), "docx"),
    ("a.docx", office(rels=LINK), "docx"),
    ("a.xlsx", office(main="xl/workbook.xml"), "xlsx"),
    ("图/片/a.png", png(), "png"),
]
BAD = [
    ("a.pdf", b""),
    ("a.txt", b"hello"),
    ("a.exe", b"MZ\x90\0"),
    ("a.pdf", b"MZ\x90\0"),
    ("a.png", jpeg()),
    ("a.pdf.exe", pdf()),
    ("a.exe.pdf", pdf()),
    ("a.html.png", png()),
    ("a\u202efdp.exe", pdf()),
    ("a\u202egnp.pdf", pdf()),
    ("a", pdf()),
    ("a.pdf", pdf()[:-7]),
    ("a.pdf", pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")),
    ("a.pdf", pdf(b"/S /J#61vaScript")),
    ("a.pdf", pdf(b"/AA << /S /Launch >>")),
    ("a.pdf", pdf(b"/Names << /EmbeddedFiles 3 0 R >>")),
    ("a.pdf", pdf(b"/AcroForm << /XFA 4 0 R >>")),
    ("a.pdf", packed(b"<< /S /JavaScript >>")),
    ("a.pdf", packed(b"<< /S /JavaScript >>", b"/Type /Obj#53tm /Filter /FlateDecode")),
    ("a.pdf", packed(b"x", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]")),
    ("a.pdf", packed(b"\0" * 90_000_000)),
    ("a.pdf", pdf(b"/Encrypt 5 0 R")),
    ("a.pdf", pdf() + office()),
    ("a.png", png(after=b"<script>")),
    ("a.png", png(60_000, 60_000)),
    ("a.png", png()[:-12]),
    ("a.png", png()[:20]),
    ("a.jpg", jpeg(65_000, 65_000)),
    ("a.jpg", b"\xff\xd8\xff\xd9"),
    ("a.jpg", jpeg(after=b"")),
    ("a.jpg", jpeg() + office()),
    ("a.docx", office([("word/vbaProject.bin", b"x")])),
    ("a.docx", office([("word/embeddings/oleObject1.bin", b"x")])),
    ("a.docx", office([("word/activeX/activeX1.xml", "<a/>")])),
    ("a.xlsx", office([("xl/macrosheets/sheet1.xml", "<a/>")], main="xl/workbook.xml")),
    ("a.xlsx", office([("xl/externalLinks/externalLink1.xml", "<a/>")], main="xl/workbook.xml")),
    ("a.docx", office(types="<Types>macroEnabled</Types>")),
    ("a.docm", office()),
    ("a.docx", office(rels=OUTSIDE)),
    ("a.docx", office([("../../etc/passwd", "x")])),
    ("a.docx", office([("word/a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')])),
    ("a.docx", office([("word/media/a.bin", b"\0" * 120_000_000)])),
    ("a.docx", lying_zip()),
    ("a.docx", office([(f"word/{n}.xml", "") for n in range(3000)])),
    ("a.docx", office()[:-30]),
    ("a.docx", office(main="xl/workbook.xml")),
    ("a.zip", office(main="readme.txt")),
]


def inspected(tmp_path, name, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return inspect_file(path, safe_name(name), ALL)


@pytest.mark.parametrize(("name", "content", "kind"), GOOD)
def test_an_honest_file_is_taken(tmp_path, db, name, content, kind):
    assert inspected(tmp_path, name, content) == kind


@pytest.mark.parametrize("number", range(len(BAD)))
def test_a_hostile_file_is_refused_with_a_reason(tmp_path, db, number):
    name, content = BAD[number]
    with pytest.raises(FileRefused) as caught:
        inspected(tmp_path, name, content)
    assert caught.value.facts["reason"]
    assert caught.value.facts["reason_zh"]


def test_without_the_inspecting_room_no_archive_is_taken(tmp_path, monkeypatch, db):
    from shuzhi.support.forms import inspecting

    monkeypatch.setattr(inspecting, "_archives", [])
    with pytest.raises(FileRefused):
        inspected(tmp_path, "a.docx", office())


def places(sha256):
    """Where sealed copies of a draft's file lie."""
    return list((settings().home / "forms" / "drafts").glob(f"*/{sha256}"))


class TestHandingIn:
    @pytest.fixture
    def filling(self, mother):
        return services.open_form(form="birth-registration", by=mother, at=forms.NOW)

    def hand_in(self, filling, who, content, name="a.pdf", field="proof"):
        return services.hand_in_file(
            number=filling.number, field=field, name=name, stream=io.BytesIO(content), by=who, at=forms.NOW
        )

    def test_a_file_is_kept_once_and_submitted_with_the_form(self, mother, filling):
        first = self.hand_in(filling, mother, pdf())
        assert self.hand_in(filling, mother, pdf()) == first
        services.save_draft(number=filling.number, answers=people.SAID, by=mother, at=forms.NOW)
        done = services.submit(number=filling.number, by=mother, at=forms.NOW, confirmed=True)
        assert done.document["proof"] == [first.sha256]
        assert queries.files(filling.number) == [first]
        with pytest.raises(AlreadySubmitted):
            self.hand_in(filling, mother, png(), "a.png")

    def test_it_is_sealed_until_it_is_submitted(self, mother, filling, django_capture_on_commit_callbacks):
        first = self.hand_in(filling, mother, pdf(b"/Draft"))
        (copy,) = places(first.sha256)
        assert is_sealed(copy)
        assert self.read(filling, first, mother) == pdf(b"/Draft")
        assert not file_store().has(first.sha256)

        services.save_draft(number=filling.number, answers=people.SAID, by=mother, at=forms.NOW)
        with django_capture_on_commit_callbacks(execute=True):
            services.submit(number=filling.number, by=mother, at=forms.NOW, confirmed=True)
        assert not places(first.sha256)
        assert self.read(filling, first, mother) == pdf(b"/Draft")
        file_store().verify(first.sha256)

    @pytest.mark.parametrize("how", ["take_back", "withdraw", "forget", "expire"])
    def test_a_draft_s_file_ends_with_its_key(
        self, mother, filling, how, tmp_path, django_capture_on_commit_callbacks
    ):
        first = self.hand_in(filling, mother, pdf(how.encode()))
        (copy,) = places(first.sha256)
        backup = tmp_path / "backup"
        backup.write_bytes(copy.read_bytes())
        with django_capture_on_commit_callbacks(execute=True):
            {
                "take_back": lambda: services.take_back_file(
                    number=filling.number, field="proof", sha256=first.sha256, by=mother, at=forms.NOW
                ),
                "withdraw": lambda: services.withdraw(number=filling.number, by=mother, at=forms.NOW),
                "forget": lambda: services.forget_drafts(by=mother, at=forms.NOW),
                "expire": lambda: services.remove_expired(
                    by=system("test"), at=forms.NOW + timedelta(days=900)
                ),
            }[how]()
        assert not copy.exists()
        assert queries.files(filling.number) == []
        with pytest.raises(Erased):
            open_copy(backup)

    def read(self, filling, one, who):
        _, content = services.open_file(
            number=filling.number, field="proof", sha256=one.sha256, by=who, at=forms.NOW
        )
        with content:
            return content.read()

    def test_too_many_and_too_large_are_refused(self, mother, filling):
        for number in range(3):
            self.hand_in(filling, mother, pdf(b"%d" % number))
        with pytest.raises(FileRefused, match="at most 3"):
            self.hand_in(filling, mother, pdf(b"more"))
        with pytest.raises(FileRefused, match="5 MB"):
            self.hand_in(filling, mother, b"%PDF-" + b"x" * 5_000_001)

    def test_what_is_not_accepted_there_is_refused(self, mother, filling):
        with pytest.raises(FileRefused, match="PDF, JPEG, PNG"):
            self.hand_in(filling, mother, office(), "a.docx")
        with pytest.raises(NoSuchFileField):
            self.hand_in(filling, mother, pdf(), field="child_name")

    def test_a_file_can_be_taken_back(self, mother, filling):
        sha256 = self.hand_in(filling, mother, pdf()).sha256
        services.take_back_file(number=filling.number, field="proof", sha256=sha256, by=mother, at=forms.NOW)
        assert queries.files(filling.number) == []
