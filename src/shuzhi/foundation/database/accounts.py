"""As whom PostgreSQL runs (运行身份): ourselves, or an unprivileged user when we are root."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from shuzhi.foundation.database.errors import NoUnprivilegedUser
from shuzhi.foundation.processes import Identity

# A user made for us, then PostgreSQL's own, then the one that owns nothing.
PREFERRED = ("shuzhi", "postgres", "nobody")
OTHERS_EXECUTE = 0o001
GROUP_EXECUTE = 0o010
OWNER_EXECUTE = 0o100


def server_identity(data: Path) -> Identity | None:
    """Whom to run the server as; None when we are not root and simply stay ourselves.

    An existing data folder decides: its owner stays its owner.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _identity(pwd.getpwuid(data.stat().st_uid))
    known = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in (*PREFERRED, *known):
        if name in known:
            return _identity(known[name])
    raise NoUnprivilegedUser


def first_closed_folder(path: Path, identity: Identity) -> Path | None:
    """The highest folder on the way to `path` that this user can't enter, or None when all are open."""
    for folder in [*reversed(path.parents), path]:
        if folder.is_dir() and not _may_enter(folder, identity):
            return folder
    return None


def _may_enter(folder: Path, identity: Identity) -> bool:
    facts = folder.stat()
    if facts.st_uid == identity.uid:
        return bool(facts.st_mode & OWNER_EXECUTE)
    if facts.st_gid == identity.gid:
        return bool(facts.st_mode & GROUP_EXECUTE)
    return bool(facts.st_mode & OTHERS_EXECUTE)


def _identity(entry: pwd.struct_passwd) -> Identity:
    return Identity(entry.pw_uid, entry.pw_gid, entry.pw_name)
