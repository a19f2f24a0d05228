"""The home folder (数据目录), looked at before anything starts in it."""

from __future__ import annotations

import errno
import os
import pwd
from pathlib import Path

from shuzhi.foundation.telemetry import readiness
from shuzhi.node.supervisor.errors import DiskFull, HomeNotWritable, HomeOfAnother

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# What a node writes to; one of another user would stop it halfway.
PLACES = (".", "run", "log", "secrets", "files", "lake", "tmp", "postgres")


def require_home(home: Path) -> None:
    """Make the home folder and see that this user can work in it.

    Raises:
        HomeOfAnother: it, or what is in it, belongs to somebody else.
        DiskFull: no room for a single small file.
        HomeNotWritable: anything else, with the reason.
    """
    try:
        readiness.writable(home)
        _write_a_little(home)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(home=home) from None
        _refuse_anothers(home)
        raise HomeNotWritable(home=home, reason=error.strerror or error) from None
    _refuse_anothers(home)


def _write_a_little(home: Path) -> None:
    """An empty file fits on a full disk: a few blocks do not."""
    draft = home / f".room-{os.getpid()}"
    try:
        draft.write_bytes(bytes(65_536))
    finally:
        draft.unlink(missing_ok=True)


def _refuse_anothers(home: Path) -> None:
    if os.geteuid() == 0:
        return
    for place in (home / name for name in PLACES):
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            owner = place.stat().st_uid
            if owner != os.geteuid():
                raise HomeOfAnother(place=place, owner=_name(owner))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
