"""One door to every format: what a file is decides its content, and its rows come out the same way."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from shuzhi.data.sources.reading.delimited import DelimitedFile
from shuzhi.data.sources.reading.errors import DatabaseUnreadable, EmptyFile, UnknownFormat, UnreadableFile
from shuzhi.data.sources.reading.fingerprint import fingerprint
from shuzhi.data.sources.reading.formats import EXPECTED, is_prose, sniff_binary, sniff_text, text_encoding
from shuzhi.data.sources.reading.layout import read_grid
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.types import ReadOptions, TableReader

TABLE_SUFFIXES = {".csv", ".tsv", ".tab", ".xls", ".xlsx"}
SENTENCE = 24


def open_table(path: Path, *, options: ReadOptions = ReadOptions()) -> TableReader:  # noqa: B008  (frozen)
    """Open a department's file, whatever it is, for one pass over its rows.

    Raises:
        UnreadableFile: or one of its kinds, when the file is missing, empty, hostile, broken or no table.
    """
    mark = fingerprint(path)
    if mark.size == 0:
        raise EmptyFile(file=path.name)
    resources = ExitStack()
    try:
        reader = _opened(path, path.name, options, resources)
    except OSError as error:
        resources.close()
        reason = error.strerror or type(error).__name__
        raise UnreadableFile(file=path.name, format="file", reason=reason) from error
    except BaseException:
        resources.close()
        raise
    reader.resources, reader.verify = resources, mark.verify
    reader.sha256, reader.size = mark.sha256, mark.size
    _compare_extension(path, reader)
    return reader


def _opened(path: Path, name: str, options: ReadOptions, resources: ExitStack) -> TableReader:
    kind = sniff_binary(path, name)
    if kind is None:
        return _text(path, name, options)
    if kind == "zip":
        from shuzhi.data.sources.reading.archives import unpack_single

        inner = unpack_single(path, options.limits, resources)
        if inner.stat().st_size == 0:
            raise EmptyFile(file=name)
        if sniff_binary(inner, name) == "zip":
            raise UnknownFormat(file=name)
        return _opened(inner, name, options, resources)
    if kind == "parquet":
        from shuzhi.data.sources.reading.columnar import parquet_reader

        return parquet_reader(path, options.limits, name, resources)
    if kind == "sqlite":
        from shuzhi.data.sources.reading.databases import sqlite_reader

        return sqlite_reader(path, options, name, resources)
    from shuzhi.data.sources.reading.workbooks import Workbook

    grid = Workbook(path, kind, options.limits, name).grid(options.table, resources)
    return read_grid(grid, options, name)


def _text(path: Path, name: str, options: ReadOptions) -> TableReader:
    encoding = text_encoding(path, options.encoding, name)
    kind = sniff_text(path, encoding)
    if kind == "delimited":
        return _delimited(path, name, encoding, options)
    if kind == "html":
        from shuzhi.data.sources.reading.html_tables import html_grid

        return read_grid(html_grid(path, encoding, options.limits, name), options, name)
    if kind == "xml":
        from shuzhi.data.sources.reading.xml_documents import XmlDocument

        return XmlDocument(path, encoding, options, name).reader()
    from shuzhi.data.sources.reading.json_documents import JsonDocument, JsonLines

    return (JsonLines if kind == "jsonl" else JsonDocument)(path, encoding, options, name).reader()


def _delimited(path: Path, name: str, encoding: str, options: ReadOptions) -> TableReader:
    file = DelimitedFile(path, encoding, options.limits)
    if options.delimiter is None and (is_prose(path) or _is_no_table(path, file)):
        raise UnknownFormat(file=name)
    reader = read_grid(file.grid(options.delimiter), options, name)
    if path.suffix.lower() not in TABLE_SUFFIXES and options.delimiter is None and _is_running_text(reader):
        raise UnknownFormat(file=name)
    return reader


def _is_no_table(path: Path, file: DelimitedFile) -> bool:
    """Text under a name that does not promise a table, in which no delimiter makes even rows."""
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES or file.is_even:
        return False
    return suffix in EXPECTED.keys() - {".txt"} or file.has_delimiters


def _is_running_text(reader: TableReader) -> bool:
    """A “header” made of sentences: some text file, no table."""
    lengths = sorted(len(column) for column in reader.columns)
    return lengths[len(lengths) // 2] > SENTENCE or lengths[-1] > SENTENCE * 4


def _compare_extension(path: Path, reader: TableReader) -> None:
    extension = path.suffix.lower()
    expected = EXPECTED.get(extension)
    if expected and extension != ".zip" and reader.format not in expected:
        problem = Problem.of(
            ProblemCode.EXTENSION_MISMATCH, None, None, extension=extension, format=reader.format
        )
        reader.problems.add(problem)


def read_sql_table(
    url: str,
    table: str,
    *,
    schema: str = "public",
    since: tuple[str, str] | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> TableReader:
    """Open a table of a department's database: `postgresql://…`, or `sqlite:///path`.

    `since` is (watermark column, last value seen): only later rows are read, in its order.

    Raises:
        UnreadableFile: or DatabaseUnreadable, without ever repeating the address and its password.
    """
    if url.startswith("sqlite:///"):
        return open_table(Path(url.removeprefix("sqlite:///")), options=replace(options, table=table))
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseUnreadable(table=table, reason="only postgresql:// and sqlite:/// can be read")
    from shuzhi.data.sources.reading.databases import postgres_reader

    return postgres_reader(url, table, schema=schema, since=since, options=options)
