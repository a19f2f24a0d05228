"""Becomes another program that ends when the process that started it ends.

Run as a plain script before anything else is imported, so that it costs a few milliseconds:
`launcher.py PARENT SIGNAL UID GID CAPABILITY PROGRAM ARGUMENT…` (UID -1: stay who you are;
CAPABILITY -1: keep none).
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 4
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAPABILITY_VERSION = 0x20080522


def die_with_parent(parent: int, signal: int) -> None:
    """Ask Linux to signal this process when `parent` ends; leave at once when it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def become(uid: int, gid: int, capability: int) -> None:
    """Drop to an unprivileged user for good, keeping at most one capability (number below 32)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if capability >= 0:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        # access(2) would otherwise answer as if the capability were not there.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability >= 0:
        only = 1 << capability
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
        # effective, permitted, inheritable; then the same for capabilities from 32 on
        libc.capset(header, (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


if __name__ == "__main__":
    _parent, _signal, _uid, _gid, _capability = (int(text) for text in sys.argv[1:6])
    if _uid >= 0:
        become(_uid, _gid, _capability)
    # After the change of user, because the kernel forgets the wish when the user changes.
    die_with_parent(_parent, _signal)
    os.execvp(sys.argv[6], sys.argv[6:])  # noqa: S606 - an argument list, no shell, is what we want
