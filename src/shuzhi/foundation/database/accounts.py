"""As whom PostgreSQL runs (运行身份): ourselves, or an unprivileged user when we are root."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from shuzhi.foundation.database.errors import NoUnprivilegedUser
from shuzhi.foundation.processes import Identity

# A user made for us, then PostgreSQL's own, then the one that owns nothing.
PREFERRED = ("shuzhi", "postgres", "nobody")
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8
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


def able_to_reach(identity: Identity, paths: list[Path]) -> Identity | Path:
    """The identity that can reach all these folders, or the folder that stops it.

    A checkout in a closed folder (root's own home, `mktemp -d`) is common where people work as root.
    There the server keeps one of root's capabilities, so that it may pass; `shuzhi doctor` says so.
    """
    closed = [folder for path in paths if (folder := first_closed_folder(path, identity))]
    if not closed:
        return identity
    ours = _own_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        needed = 1 << capability | 1 << CAP_SETPCAP
        if ours & needed == needed:
            return identity._replace(capability=capability)
    return closed[0]


def _own_capabilities() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:")), 0)


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
