"""What a hostile file or a full disk does while rows are read (读取事故), as a refusal that a batch can carry."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseTrouble

from shuzhi.data.sources.errors import NoSpaceForFile
from shuzhi.data.sources.reading.errors import UnreadableFile
from shuzhi.foundation.errors import PlatformError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_WORDS = ("No space left on device", "Disk quota exceeded")

log = logging.getLogger(__name__)


@contextmanager
def unreadable_named(file: str) -> Iterator[None]:
    """Around reading a file: whatever its reader raises makes the file unreadable, so that no batch waits for ever.

    Raises:
        NoSpaceForFile: the disk is full; that passes.
        UnreadableFile: the reader met something nobody thought of; the log has the particulars.
    """
    try:
        with full_disk_named(file):
            yield
    except (PlatformError, DatabaseTrouble, MemoryError):
        raise
    except Exception as error:
        log.exception("reading %s ended unexpectedly", file)
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableFile(file=file, format="file", reason=reason) from error


@contextmanager
def full_disk_named(file: str) -> Iterator[None]:
    """Around writing what was read: a full disk is named, whichever library met it.

    Raises:
        NoSpaceForFile: the disk is full.
    """
    try:
        yield
    except PlatformError:
        raise
    except Exception as error:
        if getattr(error, "errno", None) in FULL or any(words in str(error) for words in FULL_WORDS):
            raise NoSpaceForFile(file=file) from error
        raise
