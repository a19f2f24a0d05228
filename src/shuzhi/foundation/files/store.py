"""The store itself (存取): written whole or not at all, read by hash."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from shuzhi.foundation.files.errors import FileDamaged, FileNotStored, NotAHash, StoreFull

CHUNK = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
HASH = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    """Anything that gives bytes piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class StoredFile(NamedTuple):
    """A file in the store: its SHA-256, its size in bytes, and the name it came with."""

    sha256: str
    size: int
    name: str


class FileStore:
    """Files under one folder; memory stays flat however large they are."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when the first file comes."""
        self.folder = folder

    def put(self, stream: Readable, name: str) -> StoredFile:
        """Keep everything the stream gives; the same content twice is kept once.

        After this returns the file is on disk, also when the power fails.

        Raises:
            StoreFull: no room; nothing half written is left.
        """
        try:
            with self._draft() as (draft, file):
                digest, size = copy(stream, draft)
                os.fsync(draft.fileno())
                self._publish(file, digest)
        except OSError as error:
            if error.errno in FULL:
                raise StoreFull(name=name) from error
            raise
        return StoredFile(digest, size, name)

    def open(self, sha256: str) -> BinaryIO:
        """The file, to read.

        Raises:
            FileNotStored: nothing of this hash is here.
            NotAHash: the text is no hash, so it is never taken for a path.
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileNotStored(sha256=sha256) from None

    def path(self, sha256: str) -> Path:
        """Where the file is, for engines that read by path; it may be absent.

        Raises:
            NotAHash: the text is no hash.
        """
        if not HASH.fullmatch(sha256):
            raise NotAHash(text=sha256[:80])
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether the file is here."""
        return self.path(sha256).is_file()

    def verify(self, sha256: str) -> StoredFile:
        """Read the file again and compare.

        Raises:
            FileNotStored: it isn't here.
            FileDamaged: its content has changed on disk.
        """
        with self.open(sha256) as stream:
            found, size = copy(stream, None)
        if found != sha256:
            raise FileDamaged(sha256=sha256, found=found)
        return StoredFile(sha256, size, "")

    @contextlib.contextmanager
    def _draft(self) -> Iterator[tuple[BinaryIO, Path]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".draft-", dir=self.folder)
        stream: BinaryIO = os.fdopen(number, "wb", buffering=0)
        try:
            yield stream, Path(name)
        finally:
            with contextlib.suppress(OSError):  # closing may tell of a full disk once more
                stream.close()
            Path(name).unlink(missing_ok=True)

    def _publish(self, draft: Path, digest: str) -> None:
        place = self.path(digest)
        place.parent.mkdir(exist_ok=True)
        draft.chmod(0o440)
        draft.replace(place)
        sync_folder(place.parent)


def copy(source: Readable, target: BinaryIO | None) -> tuple[str, int]:
    """Hash what comes, and write it on when a target is given; returns SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            write_all(target, chunk)
    return digest.hexdigest(), size


def write_all(target: BinaryIO, chunk: bytes) -> None:
    """Write every byte: an unbuffered file may take fewer than it was given."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[target.write(rest) :]


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
