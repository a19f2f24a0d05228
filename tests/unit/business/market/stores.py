"""Every place of a node where a value could lie, and every way in which it could be written there."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import zlib
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
from django.db import connection

from shuzhi.foundation.database.binaries import find_binaries
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.erasing import is_sealed, open_copy
from shuzhi.pillars.security.erasing.columns import open_json

SEALED = b'{"sealed": "'


def spellings(value: str) -> list[bytes]:
    """The value as bytes, in whatever way a program writes it."""
    plain = value.encode()
    found = [
        plain,
        value.encode("utf-16-le"),
        value.encode("utf-16-be"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
    ]
    found += [value.encode("gb18030"), quote(value).encode(), json.dumps(value)[1:-1].encode()]
    for lead in range(3):  # base64, wherever in its groups of three the value begins
        whole = base64.b64encode(b"\0" * lead + plain)
        found.append(whole[(0, 2, 3)[lead] : len(whole) - (4 if (lead + len(plain)) % 3 else 0)])
    return [each for each in dict.fromkeys(found) if len(each) > 6]


def holds(content: bytes, value: str) -> bool:
    """Whether the value is there, in the open, compressed, in a table's file or under a key that still exists."""
    return any(spelt in each for each in _read(content) for spelt in spellings(value))


def _read(content: bytes, depth: int = 2):
    yield content
    yield from _opened(content)
    if depth and content[:2] == b"\x1f\x8b":
        yield from _read(gzip.decompress(content), depth - 1)
    if depth and content[:1] == b"\x78":
        try:
            yield from _read(zlib.decompress(content), depth - 1)
        except zlib.error:
            return


def _opened(content: bytes):
    """What lies sealed in columns, as far as its key is there."""
    for mark in (SEALED, SEALED.replace(b" ", b"")):
        for piece in content.split(mark)[1:]:
            try:
                yield json.dumps(open_json(piece.partition(b'"')[0].decode()), ensure_ascii=False).encode()
            except PlatformError:
                continue


def files_with(home: Path, value: str, *, without: tuple[str, ...] = ()) -> set[str]:
    """The files below a folder that hold the value; sealed ones are opened by the node's keys."""
    found = set()
    for file in sorted(home.rglob("*")):
        place = str(file.relative_to(home))
        if (
            file.is_file()
            and not file.is_symlink()
            and not place.startswith(without)
            and _file_holds(file, value)
        ):
            found.add(place)
    return found


def _file_holds(file: Path, value: str) -> bool:
    if holds(file.read_bytes(), value):
        return True
    if is_sealed(file):
        try:
            with open_copy(file) as stream:
                return holds(stream.read(), value)
        except PlatformError:
            return False
    if file.suffix == ".parquet" and file.stat().st_size:  # a writer that was killed leaves an empty one
        return value in str(pq.read_table(file).to_pylist())
    return False


def tables_with(value: str) -> set[str]:
    """The tables of which a row holds the value: every column as text, what is binary as bytes."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{schema}"."{table}" t')
            rows = [row[0] for row in cursor.fetchall()]
            if any(holds(each, value) for row in rows for each in _bytes_of(row)):
                found.add(table)
    return found


def _bytes_of(row: str):
    yield row.encode()
    for text in json.loads(row).values():
        if isinstance(text, str) and text.startswith("\\x"):
            yield bytes.fromhex(text[2:])
        elif isinstance(text, dict):
            yield json.dumps(text, ensure_ascii=False).encode()


def dump(file: Path, url: str) -> bytes:
    """A dump of the whole database, as an operator makes it."""
    program = find_binaries().folder / "pg_dump"
    subprocess.run([program, "--dbname", url, "--file", file], check=True, capture_output=True)
    return file.read_bytes()
