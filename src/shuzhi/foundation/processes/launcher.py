"""Becomes another program that ends when the process that started it ends.

Run as a plain script before anything else is imported, so that it costs a few milliseconds:
`launcher.py PARENT SIGNAL UID GID PROGRAM ARGUMENT…` (UID -1: stay who you are).
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, signal: int) -> None:
    """Ask Linux to signal this process when `parent` ends; leave at once when it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def become(uid: int, gid: int) -> None:
    """Drop to an unprivileged user for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


if __name__ == "__main__":
    _parent, _signal, _uid, _gid = (int(text) for text in sys.argv[1:5])
    if _uid >= 0:
        become(_uid, _gid)
    # After the change of user, because the kernel forgets the wish when the user changes.
    die_with_parent(_parent, _signal)
    os.execvp(sys.argv[5], sys.argv[5:])  # noqa: S606 - an argument list, no shell, is what we want
