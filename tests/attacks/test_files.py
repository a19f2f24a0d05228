"""Attacks by files that are handed in (文件攻击): entities, bombs, cells that a spreadsheet would run.

Each file goes through every door that takes one: the page and the API that hand it in, the page that looks at it, and
the reader of rule files. A small file may neither fetch anything nor take memory or time that its size does not explain.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

SECRET = "a secret of the server"
CONTENT_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def document(declaration: str, use: str = "&x;", attribute: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{declaration}<r a="{attribute}"><row><n>{use}</n></row><row><n>b</n></row></r>'
    )


def laughs(levels: int = 9) -> str:
    lines = ['<!ENTITY x0 "ha">']
    lines += [f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, levels)]
    return f'<!DOCTYPE r [{"".join(lines)}<!ENTITY x "&x{levels - 1};">]>'


XML = {
    "a file as an entity": lambda secret: document(f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'),
    "an address as an entity": lambda _: document('<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>'),
    "a parameter entity": lambda secret: document(
        f'<!DOCTYPE r [<!ENTITY % p SYSTEM "file://{secret}">%p;]>', "a"
    ),
    "a definition elsewhere": lambda secret: document(f'<!DOCTYPE r SYSTEM "file://{secret}">', "a"),
    "entities in entities": lambda _: document(laughs()),
    "entities in an attribute": lambda _: document(laughs(), "a", "&x;"),
    "one long entity used often": lambda _: document(
        "<!DOCTYPE r [<!ENTITY x '" + "ha" * 25_000 + "'>]>", "&x;" * 5_000
    ),
    "an inclusion": lambda secret: document(
        "", f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="file://{secret}"/>'
    ),
    "a stylesheet": lambda secret: f'<?xml-stylesheet href="file://{secret}"?>' + document("", "a"),
    "elements without end": lambda _: "<a>" * 100_000,
    "attributes without end": lambda _: "<r " + " ".join(f'a{n}="x"' for n in range(200_000)) + "><row/></r>",
    "names without end": lambda _: "<r>" + "".join(f'<row xmlns:p{n}="u"/>' for n in range(40_000)) + "</r>",
}  # fmt: skip
WRITTEN = ("utf-8", "utf-16")


def workbook(sheet: bytes, **parts: bytes) -> bytes:
    named = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    } | parts  # fmt: skip
    return zipped(named)


def zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(cells: str, more: str = "") -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData>{more}</worksheet>"
    ).encode()


def table(rows: str) -> bytes:
    return f"<table>{rows}</table>".encode()


def cell(place: str, row: int, text: str = "a") -> str:
    return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


SPAN = "<td colspan=1000 rowspan=1000>x</td>"
BOMBS = {
    "zeros.xlsx": lambda: workbook(sheet(" " * 300_000_000)),
    "far corner.xlsx": lambda: workbook(sheet(cell("A1", 1) + cell("XFD1048576", 1048576))),
    "merged without end.xlsx": lambda: workbook(
        sheet(cell("A1", 1) + cell("A2", 2),
              "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 200_000 + "</mergeCells>")
    ),
    "strings without end.xlsx": lambda: workbook(
        sheet(cell("A1", 1)), **{"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 20_000_000 + b"</sst>"}
    ),
    "zip in zip.zip": lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": b"0" * 50_000_000})})}),
    "entries without end.zip": lambda: zipped({f"{n}.csv": b"" for n in range(20_000)}),
    "spans.xls": lambda: table(("<tr>" + SPAN * 3 + "</tr>") * 400),
    "rows of one cell.xls": lambda: table(f"<tr>{SPAN}</tr>" * 30_000),
    "tables in tables.html": lambda: b"<table><tr><td>" * 20_000,
    "columns without end.csv": lambda: b"," * 3_000_000 + b"\na",
    "one cell.csv": lambda: b'a,b\n"' + b"x" * 30_000_000,
    "objects in objects.json": lambda: b'{"a":' * 500_000,
    "names without end.json": lambda: b"[" + b",".join(b'{"k%d":1}' % n for n in range(60_000)) + b"]",
    "a number without end.json": lambda: b'[{"a":' + b"9" * 3_000_000 + b'},{"a":1}]',
}  # fmt: skip
MOST_MEGABYTES, MOST_SECONDS = 900, 60  # of a process that reads one, on a busy machine
READ = """
import resource, sys
from pathlib import Path
from shuzhi.foundation.errors import PlatformError
from shuzhi.data.sources.reading.profiling import profile_file
try:
    profile_file(Path(sys.argv[1]))
except PlatformError as refusal:
    print("refused", refusal.code)
else:
    print("read")
# Not ru_maxrss, which a process inherits.
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def source(make_sender):
    return make_sender().source


@pytest.fixture
def make_sender(tmp_path, db):
    from functools import partial

    from tests.unit.data.sources import sending

    return partial(sending.make_sender, tmp_path)


@pytest.fixture
def doors(source, as_person, monkeypatch):
    """Ways in for a file: name and content to what is answered."""
    from shuzhi.data.sources import jobs
    from shuzhi.support.decisions.dmn.xml import read_xml
    from shuzhi.support.decisions.errors import RuleFileRefused

    # A job that waits already is refused by the database, which would end the test's one transaction.
    monkeypatch.setattr(jobs, "collect_later", lambda *_: None)
    browser = as_person("officer")
    browser.handler.enforce_csrf_checks = False

    def page(where: str):
        def send(name: str, content: bytes) -> str:
            answer = browser.post(where, {"file": SimpleUploadedFile(name, content)})
            assert answer.status_code in (200, 202, 302, 400, 409, 413, 415, 422), (name, answer.status_code)
            return answer.content.decode()

        return send

    def rules(name: str, content: bytes) -> str:
        try:
            return str(read_xml(content, file=name))[:1_000_000]
        except RuleFileRefused as refusal:
            return str(refusal)

    return {
        "look": page("/staff/sources/propose/"),
        "api": page(f"/api/sources/{source}/files"),
        "rules": rules,
    }


@pytest.mark.parametrize("kind", XML)
def test_xml_fetches_nothing_and_grows_by_nothing(doors, secret, kind):
    for encoding in WRITTEN if "without end" not in kind else ("utf-8",):
        content = XML[kind](secret).encode(encoding)
        for name, send in doors.items():
            for suffix in ("xml", "csv") if name == "look" else ("xml",):
                said = send(f"a.{suffix}", content)
                assert SECRET not in said, (name, encoding)
                assert "hahahaha" not in said
                assert len(said) < 2_000_000, (name, encoding)


def test_nor_when_it_is_collected_while_the_person_waits(transactional_db, secret, source, as_person):
    browser = as_person("officer")
    browser.handler.enforce_csrf_checks = False
    for number, kind in enumerate(("a file as an entity", "entities in entities", "an inclusion")):
        file = SimpleUploadedFile(f"{number}.xml", XML[kind](secret).encode())
        answer = browser.post(f"/staff/sources/{source}/hand-in/", {"file": file}, follow=True)
        assert answer.status_code == 200, kind
        assert SECRET not in answer.content.decode()
        assert b"hahahaha" not in answer.content


@pytest.mark.parametrize("kind", [kind for kind in XML if "without end" not in kind])
def test_nor_does_xml_inside_a_workbook(doors, secret, kind):
    hostile = XML[kind](secret)
    for encoding in ("utf-8", "utf-16"):
        for part in (
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
            "xl/sharedStrings.xml",
            "[Content_Types].xml",
        ):
            content = workbook(sheet(cell("A1", 1) + cell("A2", 2)), **{part: hostile.encode(encoding)})
            assert SECRET not in doors["look"]("a.xlsx", content), part


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_no_more_than_its_share(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(BOMBS[name]())

    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    _said, own, children = done.stdout.splitlines()
    assert max(int(own), int(children)) < MOST_MEGABYTES, done.stdout


FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u3000=1+1",
    "\ufeff=1+1", "\u200b=1+1", "\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff20SUM(A1)", "\x00=1+1", "\x0b=1+1", "-2+3+cmd|' /C calc'!A0",
]  # fmt: skip
READERS = {"data/sources/reading/sheet_process.py", "data/sources/reading/opening.py"}
HARMLESS = ["1", "-1", "+1.5", "-12%", "甲公司", "a=b", "a@b.cn", "", "（=）", "1-2"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_export_holds_a_formula(tmp_path, form):
    """`write_file` writes every table that leaves as a file: releases, exports, batch files of the gateway."""
    from shuzhi.data.catalog.types import FieldType
    from shuzhi.data.opendata.exporting import write_file
    from shuzhi.data.opendata.types import Column

    file = tmp_path / f"a.{form}"
    column = Column(id="name", name={"zh": "名称", "en": "Name"}, type=FieldType.TEXT)
    write_file(form, file, [column], [[text] for text in FORMULAS + HARMLESS])

    found = read_back(file)
    assert [text for text in found[: len(FORMULAS)] if not text.startswith("'")] == []
    assert found[len(FORMULAS) :] == HARMLESS


def read_back(file: Path) -> list[str]:
    if file.suffix == ".csv":
        import csv

        with file.open(encoding="utf-8", newline="") as lines:
            return [row[0] if row else "" for row in csv.reader(lines)][1:]
    from openpyxl import load_workbook

    rows = list(load_workbook(file)["data"].iter_rows(min_row=2))
    assert all(one.data_type != "f" for row in rows for one in row)
    return [str(row[0].value or "") for row in rows]


def test_every_writer_of_tables_is_known():
    """A new module that writes CSV or workbooks for people goes through `write_file`, or is entered here with its reason."""
    known = {
        "data/opendata/exporting.py": "neutralises",
        "data/sources/reading/converting.py": "neutralises",
        "terminals/console/intersection.py": "neutralises",
        "data/opendata/ckan/datastore.py": "rows inside a JSON answer, for programs, as CKAN gives them",
        "data/opendata/ckan/writing/rows.py": "handed in to a source at once, never to a person",
        "data/exchange/services/returns.py": "handed in to a source at once, never to a person",
        "support/payments/sandbox/handling.py": "the sandbox bank's statement, read by the reconciliation alone",
        "data/exchange/intersection/direct.py": "keys for another program, in a folder of its own",
    }
    source = Path(__file__).resolve().parents[2] / "src" / "shuzhi"
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("csv.writer", "csv.DictWriter", "Workbook("))
        and "demo/" not in str(path)
    }
    assert found - READERS == set(known)


def test_names_of_files_lead_nowhere(doors):
    content = "企业名称,统一社会信用代码\n甲公司,91330182843963542R\n".encode()
    for name in ("../../evil.csv", "a\u202evsc.exe", "a\x00.csv", "a\r\nSet-Cookie: a=b.csv", "." * 300 + ".csv", "a" * 5_000 + ".csv",
                 "\ud800.csv".encode("utf-8", "replace").decode(), "CON", "a/b/c.csv", "a\\b.csv", "<script>alert(1)</script>.csv"):  # fmt: skip
        for door in ("look", "api"):
            said = doors[door](name, content)
            assert "<script>alert(1)" not in said
            assert "\u202e" not in said


def test_a_body_that_is_no_form_is_refused(as_person, source):
    browser = as_person("officer")
    browser.handler.enforce_csrf_checks = False
    for kind, body in (
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--\r\n"), ("multipart/form-data; boundary=a", b"--a\r\n" * 5_000),
        ("multipart/form-data; boundary=" + "a" * 5_000, b"x"), ("application/json", json.dumps({"file": "x"}).encode()),
    ):  # fmt: skip
        for where in (
            f"/staff/sources/{source}/hand-in/",
            f"/api/sources/{source}/files",
            "/staff/sources/propose/",
        ):
            assert 400 <= browser.post(where, body, content_type=kind).status_code < 500, (where, kind)
