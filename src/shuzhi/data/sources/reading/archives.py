"""ZIP containers are inspected before anything parses them: count, names, declared and real sizes.

The real sizes come from inflating every entry once into nothing, because a header may lie.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from shuzhi.data.sources.reading.errors import (
    ArchiveBomb,
    ArchiveNotOneFile,
    ArchiveTraversal,
    UnreadableFile,
    XmlEntities,
)
from shuzhi.data.sources.reading.types import Limits

CHUNK = 256 * 1024
SMALL = 8 * 1024 * 1024  # below this a high ratio harms nobody
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, KeyError, EOFError, OSError, ValueError,
)  # fmt: skip
_LOCAL_HEADER = 30
_NOT_DATA = ("__macosx/", ".ds_store", "thumbs.db")


def inspect_archive(path: Path, limits: Limits, name: str) -> list[str]:
    """Names of the entries of an archive that is safe to open.

    Raises:
        ArchiveBomb: too many entries, too much data, or too high a ratio.
        ArchiveTraversal: an entry's name leaves the archive.
        UnreadableFile: no valid archive, or an encrypted one.
    """
    with damage_named(name), zipfile.ZipFile(path) as archive, path.open("rb") as raw:
        entries = archive.infolist()
        _check_declared(entries, path.stat().st_size, limits, name)
        total = 0
        for entry in entries:
            total += _real_size(raw, entry, limits.archive_bytes - total, name)
        return [entry.filename for entry in entries if not entry.is_dir()]


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Whatever a damaged archive makes the zip reader say becomes one refusal.

    Raises:
        UnreadableFile: with the reader's reason.
    """
    try:
        yield
    except DAMAGE as error:
        raise UnreadableFile(file=name, format="zip", reason=str(error) or type(error).__name__) from error


def _check_declared(entries: list[zipfile.ZipInfo], size: int, limits: Limits, name: str) -> None:
    if len(entries) > limits.archive_entries:
        raise ArchiveBomb(file=name, reason=f"{len(entries)} entries > {limits.archive_entries}")
    for entry in entries:
        _check_name(entry.filename, name)
        if entry.flag_bits & 0x1:
            raise UnreadableFile(file=name, format="zip", reason="it is encrypted 已加密")
    _check_size(sum(entry.file_size for entry in entries), size, limits, name)
    for entry in entries:
        _check_size(entry.file_size, entry.compress_size, limits, name)


def _check_name(entry: str, name: str) -> None:
    plain = entry.replace("\\", "/")
    if plain.startswith("/") or ".." in PurePosixPath(plain).parts or plain[1:2] == ":" or "\0" in plain:
        raise ArchiveTraversal(file=name, entry=ascii(entry[:80]))


def _check_size(unpacked: int, packed: int, limits: Limits, name: str) -> None:
    if unpacked > limits.archive_bytes:
        raise ArchiveBomb(file=name, reason=f"{unpacked} bytes > {limits.archive_bytes}")
    if unpacked > SMALL and unpacked > packed * limits.archive_ratio:
        raise ArchiveBomb(file=name, reason=f"ratio {unpacked // max(packed, 1)} > {limits.archive_ratio}")


def _real_size(raw: BinaryIO, entry: zipfile.ZipInfo, budget: int, name: str) -> int:
    """What the entry really unpacks to; it must be what its header says."""
    size = 0
    tail = b""
    for piece in _unpacked(raw, entry):
        size += len(piece)
        if size > budget or size > entry.file_size:
            raise ArchiveBomb(file=name, reason=f"{size} bytes where {entry.file_size} were declared")
        tail = _refuse_entities(entry, tail + piece, name)
    return size


def _refuse_entities(entry: zipfile.ZipInfo, piece: bytes, name: str) -> bytes:
    if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        return b""
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise XmlEntities(file=name)
    return piece[-10:]


def _unpacked(raw: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    raw.seek(entry.header_offset)
    header = raw.read(_LOCAL_HEADER)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    raw.seek(name_length + extra_length, 1)
    left = entry.compress_size
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(f"compression method {entry.compress_type}")
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (chunk := raw.read(min(CHUNK, left))):
        left -= len(chunk)
        if inflate is None:
            yield chunk
            continue
        while chunk:
            yield inflate.decompress(chunk, CHUNK)
            chunk = inflate.unconsumed_tail


def unpack_single(path: Path, limits: Limits, resources: ExitStack) -> Path:
    """The one data file of an archive, unpacked into a temporary folder that lives as long as `resources`.

    Raises:
        ArchiveNotOneFile: none or several data files inside.
    """
    names = inspect_archive(path, limits, path.name)
    data = [name for name in names if not name.lower().startswith(_NOT_DATA[0])]
    data = [name for name in data if PurePosixPath(name).name.lower() not in _NOT_DATA[1:]]
    if len(data) != 1:
        raise ArchiveNotOneFile(file=path.name, count=len(data))
    folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="shuzhi-reading-"))
    suffix = PurePosixPath(data[0]).suffix[:10]
    target = Path(folder) / f"data{suffix if suffix.isascii() else ''}"
    with (
        damage_named(path.name),
        zipfile.ZipFile(path) as archive,
        archive.open(data[0]) as source,
        target.open("wb") as out,
    ):
        while chunk := source.read(CHUNK):
            out.write(chunk)
    return target
