"""Where finished files lie until they are collected. The gateway's processes and the worker share the node's home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.erasing import open_copy
from shuzhi.pillars.security.erasing.copies import Opened

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
INTERSECTION_FORM = "psi"  # the answer to a question for common keys: of use to the asker alone


@dataclass(frozen=True, slots=True)
class FileBody:
    """A file as the body of an answer; it is sent piece by piece. `size` is that of what is sent."""

    path: Path
    size: int

    def open(self) -> BinaryIO | Opened:
        """What is sent; a copy that was made by consents is sealed on the disk.

        Raises:
            Erased: its key was destroyed.
        """
        return open_copy(self.path)


def folder() -> Path:
    """The folder of all finished files."""
    return settings().home / "exchange" / "files"


def file_of(job: int, form: str) -> Path:
    """The file of a job."""
    return folder() / f"{job}.{form}"
