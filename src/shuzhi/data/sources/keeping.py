"""What was handed in (原件) goes to the node's file store, unless it is still being written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shuzhi.data.sources.errors import FileKeepsChanging, NoSpaceForFile
from shuzhi.foundation.files import StoreFull, file_store

LONGEST_NAME = 120


@dataclass(frozen=True)
class Kept:
    """A kept file: its content's SHA-256 and its size in bytes."""

    sha256: str
    size: int


def keep_file(path: Path) -> Kept:
    """Copy a file into the store; the same content is kept once.

    Raises:
        FileKeepsChanging: it was written to meanwhile.
        NoSpaceForFile: the disk is full; nothing remains of the attempt.
    """
    with path.open("rb") as file:
        try:
            stored = file_store().put(_Watched(path, file), path.name)
        except StoreFull as error:
            raise NoSpaceForFile(file=path.name) from error
    return Kept(stored.sha256, stored.size)


def kept_path(sha256: str) -> Path:
    """Where a kept file lies."""
    return file_store().path(sha256)


@contextmanager
def opened_under_name(sha256: str, name: str, *, place: Path) -> Iterator[Path]:
    """The kept file under the name it came with, which messages mention and readers look at."""
    shown = place / (Path(name).name[-LONGEST_NAME:] or "file")
    shown.unlink(missing_ok=True)
    try:
        os.link(kept_path(sha256), shown)
    except OSError:
        shutil.copyfile(kept_path(sha256), shown)
    try:
        yield shown
    finally:
        shown.unlink(missing_ok=True)


class _Watched:
    """A file that tells at its end whether it is still as it was at its beginning; if not, nothing is kept."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file, self._read = path, file, 0
        self._before = self._mark()

    def read(self, size: int = -1, /) -> bytes:
        """The next piece.

        Raises:
            FileKeepsChanging: at the end, when it was written to or taken away meanwhile.
        """
        piece = self._file.read(size)
        self._read += len(piece)
        if not piece and (
            self._mark() != self._before or self._before[0] != self._read or not self._path.exists()
        ):
            raise FileKeepsChanging(file=self._path.name)
        return piece

    def _mark(self) -> tuple[int, int, int]:
        facts = os.fstat(self._file.fileno())
        return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
