"""Archives that people hand in with a form, inspected as those of departments are."""

from __future__ import annotations

from pathlib import Path

from shuzhi.data.sources.reading.archives import inspect_archive
from shuzhi.data.sources.reading.types import Limits

# A person's paper is no department's delivery.
SMALL = Limits(archive_bytes=200 * 1024 * 1024, archive_entries=2_000, archive_ratio=100)


def archive_names(path: Path, name: str) -> list[str]:
    """The names in an archive that is safe to open.

    Raises:
        UnreadableFile: it is a bomb, leaves its folder, declares entities, is encrypted or broken.
    """
    return inspect_archive(path, SMALL, name)
