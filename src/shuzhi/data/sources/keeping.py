"""The content store of what was handed in (原件): a file is kept under its hash, whole or not at all, for good."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shuzhi.data.sources.errors import FileKeepsChanging, NoSpaceForFile
from shuzhi.foundation.settings import settings

PIECE = 1024 * 1024
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
    folder = _store() / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        draft = Path(place) / "content"
        try:
            kept = _copy(path, draft)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise NoSpaceForFile(file=path.name) from error
            raise
        target = kept_path(kept.sha256)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(target)
            _sync_folder(target.parent)
    return kept


def kept_path(sha256: str) -> Path:
    """Where a kept file lies."""
    return _store() / sha256[:2] / sha256


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


def _copy(path: Path, draft: Path) -> Kept:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, draft.open("wb") as out:
        before = _mark(os.fstat(source.fileno()))
        while piece := source.read(PIECE):
            digest.update(piece)
            out.write(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
        after = _mark(os.fstat(source.fileno()))
    if before != after or before[0] != size or not path.exists():
        raise FileKeepsChanging(file=path.name)
    draft.chmod(0o444)
    return Kept(sha256=digest.hexdigest(), size=size)


def _mark(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _store() -> Path:
    return settings().home / "received"
