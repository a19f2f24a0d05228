"""A file's identity before and after reading: a file that changes meanwhile is refused, not half read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from shuzhi.data.sources.reading.errors import FileChanged, FileMissing, UnreadableFile

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size, time of change and SHA-256 of a file."""

    path: Path
    size: int
    changed_at_ns: int
    sha256: str

    def verify(self) -> None:
        """Refuse when the file is no longer the one whose fingerprint this is.

        Raises:
            FileChanged: size, time or content differ, or the file is gone.
        """
        try:
            now = fingerprint(self.path)
        except UnreadableFile as error:
            raise FileChanged(file=self.path.name) from error
        if now != self:
            raise FileChanged(file=self.path.name)


def fingerprint(path: Path) -> Fingerprint:
    """Read the whole file once, in chunks."""
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            raise FileMissing(file=path.name)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        stat = path.stat()
    except (OSError, ValueError) as error:
        raise UnreadableFile(file=path.name, format="file", reason=_reason(error)) from error
    return Fingerprint(path, stat.st_size, stat.st_mtime_ns, digest.hexdigest())


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
