"""Where finished files lie until they are collected. The gateway's processes and the worker share the node's home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shuzhi.foundation.settings import settings

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
INTERSECTION_FORM = "psi"  # the answer to a question for common keys: of use to the asker alone


@dataclass(frozen=True, slots=True)
class FileBody:
    """A file as the body of an answer; it is sent piece by piece."""

    path: Path
    size: int


def folder() -> Path:
    """The folder of all finished files."""
    return settings().home / "exchange" / "files"


def file_of(job: int, form: str) -> Path:
    """The file of a job."""
    return folder() / f"{job}.{form}"
