"""Whatever table is written comes back; whatever bytes come in, only a refusal goes out."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from contextlib import closing

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from shuzhi.data.sources.reading import ReadOptions, open_table, profile_file
from shuzhi.foundation.errors import PlatformError

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
SIGNS = st.sampled_from("abcXYZ0189 甲乙丙市区路号张李一上㐀,;\t|\"'\n\r\n（）-—=+@.")
CELLS = st.text(SIGNS, max_size=12)


@st.composite
def tables(draw):
    """Rows of text under plain names; the first cell is filled, so that no row is blank or a caption."""
    width = draw(st.integers(2, 5))
    first = st.text(st.sampled_from("甲乙丙丁戊abc"), min_size=1, max_size=6)
    rows = draw(st.lists(st.tuples(first, *[CELLS] * (width - 2), first), min_size=1, max_size=20))
    return [f"列{place}名" for place in range(width)], rows


@QUICK
@given(
    table=tables(),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"]),
    mark=st.sampled_from(",\t;|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(tmp_path_factory, table, codec, mark, end):
    names, rows = table
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    path = tmp_path_factory.getbasetemp() / "round-trip.csv"
    path.write_bytes(out.getvalue().encode(codec))

    options = ReadOptions(encoding=codec, delimiter=mark, header_row=1)
    with open_table(path, options=options) as reader:
        found = [row.values for row in reader]

    assert reader.columns[: len(names)] == tuple(names)
    assert found == [tuple(row) for row in rows if list(row) != names]


@QUICK
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.sampled_from("杭州市上城区西湖余临平"), min_size=2, max_size=8), st.integers(0, 9999)
        ),
        min_size=2,
        max_size=30,
    ),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "gbk", "utf-16-le", "utf-16-be"]),
    mark=st.sampled_from(",\t;|"),
)
def test_encoding_delimiter_and_header_are_found_again(tmp_path_factory, rows, codec, mark):
    text = f"名称{mark}数量\n" + "".join(f"{name}{mark}{number}\n" for name, number in rows)
    path = tmp_path_factory.getbasetemp() / "found-again.csv"
    path.write_bytes(text.encode(codec))

    with open_table(path) as reader:
        found = [row.values for row in reader]

    assert (reader.encoding, reader.delimiter, reader.header_row) == (codec, mark, 1)
    assert found == [(name, str(number)) for name, number in rows]


STARTS = [
    b"", b"a,b\n1,2\n", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"[", b'[{"a":', b'{"a":[', b"<r><a>", b"<table><tr><td>",
    b"<?xml version='1.0'?>", b"PK\x03\x04", b"PAR1", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", '"甲,"'.encode("gbk"),
]  # fmt: skip


@QUICK
@given(
    start=st.sampled_from(STARTS),
    rest=st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
)
@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".xml", ".xls", ".txt"])
def test_any_bytes_are_read_or_refused(tmp_path_factory, suffix, start, rest):
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(start + rest)
    rows, messages = _outcome(path)

    assert rows is not None or all(messages)


def _outcome(path):
    """The number of rows read, or the refusal in both languages; anything else escapes and fails the test."""
    try:
        return profile_file(path).rows, ()
    except PlatformError as refusal:
        return None, (str(refusal), refusal.message_zh)


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=20),
    keep=st.integers(10, 100),
)
@pytest.mark.parametrize("kind", ["xlsx", "zip", "parquet", "sqlite"])
def test_damaged_binary_files_are_read_or_refused(tmp_path_factory, kind, flips, keep):
    content = bytearray(_binary(kind, tmp_path_factory.getbasetemp()))
    for place, byte in flips:
        content[place % len(content)] = byte
    path = tmp_path_factory.getbasetemp() / f"damaged.{kind}"
    path.write_bytes(content[: max(16, len(content) * keep // 100)])

    rows, messages = _outcome(path)

    assert rows is not None or all(messages)


def _binary(kind, folder):
    path = folder / f"whole.{kind}"
    if not path.exists():
        _WRITERS[kind](path)
    return path.read_bytes()


def _write_xlsx(path):
    book = openpyxl.Workbook()
    for number in range(50):
        book.active.append([f"名{number}", number, number / 3])
    book.save(path)


def _write_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("表.csv", "名称,数\n" + "甲,1\n" * 200)


def _write_parquet(path):
    parquet.write_table(pa.table({"a": list(range(200)), "b": ["甲"] * 200}), path)


def _write_sqlite(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(number, "甲") for number in range(200)])
        connection.commit()


_WRITERS = {"xlsx": _write_xlsx, "zip": _write_zip, "parquet": _write_parquet, "sqlite": _write_sqlite}
