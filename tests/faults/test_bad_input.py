"""Bad input, named: every case of the list goes through profile, convert, and receive and collect.

The table says of each file whether it is refused as a whole (with which code), or which problem its broken rows
have, how many rows it has and how many of them are fit. Nothing is lost: fit and broken rows add up everywhere.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

HEAD = "名称,数量,备注\n"
ROWS = "".join(f"企业{n},{n},好\n" for n in range(30))
FIELDS = (
    {"id": "name", "name": {"zh": "名称", "en": "Name"}, "required": True},
    {"id": "count", "name": {"zh": "数量", "en": "Count"}, "type": "integer"},
    {"id": "note", "name": {"zh": "备注", "en": "Note"}},
)


@dataclass(frozen=True)
class Case:
    """A file, and what becomes of it. `fit` counts the rows that reach the lake, `broken` those that do not.

    `noted` is what only the profile says of cells and rows that are otherwise fit.
    """

    name: str
    content: bytes
    refused: str | None = None
    problem: str | None = None
    fit: int = 30
    broken: int = 0
    noted: tuple[str, ...] = ()


def zipped(*items: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in items:
            archive.writestr(name, content)
    return out.getvalue()


def lying_zip(name: str, content: bytes) -> bytes:
    """An archive whose headers declare one byte."""
    whole = bytearray(zipped((name, content)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = whole.find(mark)
        whole[at + place : at + place + 4] = struct.pack("<I", 1)
    return bytes(whole)


WHOLE = (HEAD + ROWS).encode()
SHEET = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 4_000_000 + b"</sheetData></worksheet>"
BOMB = zipped(("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", SHEET))
LAUGHS = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r><row><名称>&b;</名称></row></r>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><row><名称>&a;</名称></row></r>'
LINES = "".join(
    json.dumps({"名称": f"企业{n}", "数量": n}, ensure_ascii=False) + "\n" for n in range(30)
).encode()
BAD_ROW = "坏的,99,坏\n"

CASES = (
    Case("whole.csv", WHOLE),
    # encodings
    Case("gbk.csv", WHOLE.decode().encode("gbk")),
    Case("utf-16.csv", WHOLE.decode().encode("utf-16")),
    Case("bom.csv", b"\xef\xbb\xbf" + WHOLE),
    Case("wrong bytes.csv", WHOLE + b"\xff\xfe\xfa,1,x\n", problem="invalid_bytes", broken=1),
    Case("two encodings.csv", WHOLE + BAD_ROW.encode("gbk"), problem="mixed_encoding", broken=1),
    # rows and cells
    Case("ragged.csv", WHOLE + b"a,1\nb,2,x,y\n", problem="ragged_row", broken=2),
    Case("unclosed quote.csv", (HEAD + '坏,"1,x\n' + ROWS).encode(), problem="unclosed_quote", broken=1),
    Case("NUL.csv", WHOLE + b"a\0b,1,x\n", problem="nul_byte", broken=1),
    Case("NUL in utf-16.csv", (WHOLE.decode() + "a\0b,1,x\n").encode("utf-16"), problem="nul_byte", broken=1),
    Case("1e6 characters.csv", WHOLE + b"x" * 1_000_000 + b",1,x\n", problem="cell_too_long", broken=1),
    Case("1e6 characters.json", json.dumps([{"名称": "x" * 1_000_000, "数量": 1}, {"名称": "y", "数量": 2}]).encode(), problem="cell_too_long", fit=1, broken=1),
    Case("lone surrogates.json", b'[{"\\u540d\\u79f0": "\\udfff", "\\u6570\\u91cf": 1}, {"\\u540d\\u79f0": "y", "\\u6570\\u91cf": 2}]', fit=2),
    Case("year 1.csv", WHOLE + "零,0,0001-01-01\n".encode(), fit=31),
    Case("formulas.csv", (HEAD + '=1+1,1,"=HYPERLINK(""http://x"")"\n@SUM(A1),2,+cmd|x\n').encode(), fit=2, noted=("formula",)),
    Case("broken line.jsonl", LINES + '{"名称": "坏", "数量": \n'.encode() + LINES[:90].rpartition(b"\n")[0] + b"\n", problem="bad_json_line", fit=32, broken=1, noted=("duplicate_row",)),
    Case("wrong bytes.jsonl", LINES + b'{"\xe5\x90\x8d\xe7\xa7\xb0": "\xff\xfe", "x": 1}\n', problem="invalid_bytes", broken=1),
    Case("two encodings.jsonl", LINES + '{"名称": "坏的", "数量": 1}\n'.encode("gbk"), problem="mixed_encoding", broken=1),
    # headers
    Case("empty.csv", b"", refused="sources.empty_file"),
    Case("blank lines.csv", b"\n \n\n", refused="sources.empty_file"),
    Case("header only.csv", HEAD.encode(), fit=0),
    Case("header twice.csv", (HEAD + ROWS + HEAD).encode(), problem="repeated_header"),
    Case("two header rows.csv", ("企业,企业,企业\n" + HEAD + ROWS).encode()),
    Case("same name twice.csv", b"\xe5\x90\x8d\xe7\xa7\xb0,\xe6\x95\xb0\xe9\x87\x8f,\xe5\xa4\x87\xe6\xb3\xa8,\xe5\xa4\x87\xe6\xb3\xa8\n" + "".join(f"企业{n},{n},好,{n}\n" for n in range(30)).encode(), problem="duplicate_column"),
    # archives and documents
    Case("bomb.xlsx", BOMB, refused="sources.archive_bomb"),
    Case("bomb.zip", zipped(("a.csv", b"a,b\n" + b"0" * 100_000_000)), refused="sources.archive_bomb"),
    Case("lying bomb.zip", lying_zip("a.csv", b"a,b\n" + b"0" * 100_000_000), refused="sources."),
    Case("traversal.zip", zipped(("../../etc/a.csv", WHOLE)), refused="sources.archive_traversal"),
    Case("absolute.zip", zipped(("/etc/a.csv", WHOLE)), refused="sources.archive_traversal"),
    Case("two in one.zip", zipped(("a.csv", WHOLE), ("b.csv", WHOLE)), refused="sources.archive_not_one_file"),
    Case("cut.zip", zipped(("a.csv", WHOLE))[:-30], refused="sources.unreadable_file"),
    Case("one in one.zip", zipped(("a.csv", WHOLE))),
    Case("entities.xml", LAUGHS.encode(), refused="sources.xml_entities"),
    Case("outside entity.xml", OUTSIDE.encode(), refused="sources.xml_entities"),
    Case("cut.xml", b"<r><row><a>1</a></row><row>", refused="sources.unreadable_file"),
    Case("deep.json", b"[" * 10_000 + b"]" * 10_000, refused="sources.json_too_deep"),
    Case("cut.json", json.dumps([{"名称": "甲"}] * 9).encode()[:-9], refused="sources.unreadable_file"),
    Case("cut.xlsx", zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w")), refused="sources."),
    Case("junk.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), refused="sources.unreadable_file"),
    Case("cut.parquet", b"PAR1" + bytes(100), refused="sources.unreadable_file"),
    Case("not a database.sqlite", b"SQLite format 3\0" + bytes(3_000), refused="sources."),
    Case("noise.csv", random.Random(1).randbytes(4_000), refused="sources.unknown_format"),
    Case("compressed.csv", zlib.compress(WHOLE), refused="sources.unknown_format"),
)  # fmt: skip
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture
def given(case, tmp_path):
    path = tmp_path / case.name
    path.write_bytes(case.content)
    return path


def run(*words: str):
    from click.testing import CliRunner
    from typer.main import get_command

    from shuzhi.terminals.console.sources import app

    return CliRunner().invoke(get_command(app), list(words))


def assert_refused(result, code: str) -> None:
    """One message in both languages, exit code 1, no traceback."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    chinese, english = result.stderr.strip().splitlines()[:2]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert f"[{code}" in english
    assert "Traceback" not in result.output
    assert result.stdout == ""


@EVERY
def test_profile(case, given):
    result = run("profile", str(given), "--json")
    if case.refused:
        return assert_refused(result, case.refused)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["rows"], found["broken_rows"]) == (case.fit + case.broken, case.broken)
    assert list(found["problem_counts"]) == sorted([*([case.problem] if case.problem else []), *case.noted])
    for problem in found["problems"]:
        assert problem["message"]
        assert problem["message_zh"]
        assert problem["row"]
    return None


def lines_of(path: Path) -> list[list[str]]:
    csv.field_size_limit(2_000_000)
    return list(csv.reader(io.StringIO(path.read_bytes().decode())))


@EVERY
def test_convert(case, given, tmp_path):
    out = tmp_path / "out" / "rows.csv"
    out.parent.mkdir()
    result = run("convert", str(given), "--out", str(out))
    if case.refused:
        assert_refused(result, case.refused)
        assert list(out.parent.iterdir()) == []
        return
    assert result.exit_code == 0, result.output
    written = lines_of(out)[1:]
    assert len(written) == case.fit
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in written for cell in row)
    apart = out.with_name("rows.broken.csv")
    assert apart.exists() == bool(case.broken)
    if case.broken:
        assert len(lines_of(apart)) == case.broken + 1


@pytest.fixture
def sender(tmp_path, db):
    from tests.unit.data.sources import sending

    return sending.make_sender(tmp_path, fields=FIELDS, key=())


def collected(sender, path: Path):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import services

    batch = services.receive_file(source=sender.source, path=path, by=OFFICER, at=AT)
    return services.collect_batch(batch=batch.id, by=OFFICER, at=AT)


@EVERY
def test_receive_and_collect(case, given, sender):
    from shuzhi.data.sources import keeping, queries
    from shuzhi.foundation import lake

    batch = collected(sender, given)

    assert keeping.kept_path(batch.sha256).read_bytes() == case.content
    if case.refused:
        assert batch.status == "failed"
        assert batch.problem.zh
        assert batch.problem.en
        return
    assert batch.status == "collected", batch.problem
    assert batch.balances
    waiting = queries.quarantined(batch.id).total
    assert (batch.accepted + batch.duplicates, batch.quarantined, waiting) == (
        case.fit,
        case.broken,
        case.broken,
    )
    assert lake.rows_of_batch(sender.dataset, batch.id).num_rows == batch.accepted


def test_a_failed_file_does_not_hold_up_the_next(sender, tmp_path):
    for case in (next(c for c in CASES if c.name == "cut.zip"), CASES[0]):
        (tmp_path / case.name).write_bytes(case.content)
    assert collected(sender, tmp_path / "cut.zip").status == "failed"
    assert collected(sender, tmp_path / "whole.csv").accepted == 30


def test_a_reader_that_meets_the_unforeseen_fails_the_batch_with_a_message(sender, tmp_path, monkeypatch):
    from shuzhi.data.sources.reading import delimited

    (tmp_path / "whole.csv").write_bytes(WHOLE)

    def broken(*_args, **_kwargs):
        raise KeyError("nobody thought of this")

    with monkeypatch.context() as patch:
        patch.setattr(delimited.DelimitedFile, "grid", broken)
        assert collected(sender, tmp_path / "whole.csv").problem.zh
    assert collected(sender, tmp_path / "whole.csv").accepted == 30


def test_a_disk_that_fills_while_rows_are_read_leaves_the_batch_waiting(sender, tmp_path, monkeypatch):
    from shuzhi.data.sources import errors
    from shuzhi.data.sources.services import collecting

    (tmp_path / "whole.csv").write_bytes(WHOLE)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "stage_rows", full)
        with pytest.raises(errors.NoSpaceForFile) as refusal:
            collected(sender, tmp_path / "whole.csv")
        assert refusal.value.message_zh
    assert collected(sender, tmp_path / "whole.csv").accepted == 30


def test_a_clock_that_jumps_back_changes_neither_order_nor_rows(sender, tmp_path):
    from tests.unit.data.sources.sending import OFFICER

    from shuzhi.data.sources import services
    from shuzhi.foundation import lake

    for place, at in enumerate([datetime(2030, 1, 1, tzinfo=UTC), datetime(1999, 1, 1, tzinfo=UTC)]):
        path = tmp_path / f"{place}.csv"
        path.write_text(HEAD + f"企业{place},{place},好\n")
        batch = services.receive_file(source=sender.source, path=path, by=OFFICER, at=at)
        services.collect_batch(batch=batch.id, by=OFFICER, at=at)
    assert lake.current(sender.dataset)["name"].to_pylist() == ["企业1"]


def test_the_same_batch_twice_is_one_batch_and_half_of_it_is_refused(sender, tmp_path):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import services
    from shuzhi.foundation import lake

    (tmp_path / "whole.csv").write_bytes(WHOLE)
    first = collected(sender, tmp_path / "whole.csv")
    assert collected(sender, tmp_path / "whole.csv") == first

    (tmp_path / "half.csv").write_bytes(WHOLE[: len(WHOLE) // 2])
    half = services.receive_file(
        source=sender.source, path=tmp_path / "half.csv", by=OFFICER, at=AT, declared_rows=30
    )
    half = services.collect_batch(batch=half.id, by=OFFICER, at=AT)
    assert (half.status, "30" in half.problem.en) == ("failed", True)
    assert lake.current(sender.dataset).num_rows == 30


@pytest.mark.parametrize("verb", ["profile", "convert"])
def test_a_file_that_changes_while_it_is_read_is_refused(verb, tmp_path, monkeypatch):
    from shuzhi.data.sources.reading import delimited

    path = tmp_path / "a.csv"
    path.write_bytes(WHOLE)
    grid = delimited.DelimitedFile.grid

    def grow(self, *args):
        with path.open("ab") as out:
            out.write(BAD_ROW.encode())
        return grid(self, *args)

    monkeypatch.setattr(delimited.DelimitedFile, "grid", grow)
    more = ("--out", str(tmp_path / "b.csv")) if verb == "convert" else ()
    assert_refused(run(verb, str(path), *more), "sources.file_changed")
    assert not (tmp_path / "b.csv").exists()


class TestTheCommandLine:
    """Whatever no room foresaw is one message in both languages too."""

    @pytest.mark.parametrize(
        ("error", "zh"),
        [
            (OSError(errno.ENOSPC, "No space left on device"), "磁盘空间不足"),
            (KeyError("x"), "出现意外错误"),
        ],
    )
    def test_says_what_happened(self, error, zh, monkeypatch, capsys):
        from shuzhi.node import cli

        def fail() -> None:
            raise error

        monkeypatch.setattr(cli, "app", fail)
        monkeypatch.setattr(cli, "_mount_rooms", lambda: None)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr().err
        assert (ended.value.code, zh in said, "Traceback" in said) == (1, True, False)

    def test_says_that_the_database_went_away(self, monkeypatch, capsys):
        import psycopg

        self.test_says_what_happened(psycopg.OperationalError("gone"), "数据库中断", monkeypatch, capsys)
