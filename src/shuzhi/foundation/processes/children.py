"""Starting children that can't outlive us, and ending whole process groups."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

LAUNCHER = Path(__file__).with_name("launcher.py")
PAUSE = 0.02


class Identity(NamedTuple):
    """Whom a child runs as; `capability` is the one thing of root's that it keeps, -1 for nothing."""

    uid: int
    gid: int
    name: str = ""
    capability: int = -1


def spawn(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | int | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
    identity: Identity | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group; Linux sends it `last_signal` when our process ends.

    Call it from the main thread: the kernel watches the thread that started the child.
    """
    who = identity or Identity(-1, -1)
    numbers = (os.getpid(), int(last_signal), who.uid, who.gid, who.capability)
    return subprocess.Popen(
        [sys.executable, "-IS", str(LAUNCHER), *map(str, numbers), *command],
        env=dict(environ),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output if output is None else subprocess.STDOUT,
        process_group=0,
    )


def ending(child: subprocess.Popen[bytes], *, first: signal.Signals, seconds: float) -> int:
    """End a child and its process group: ask with `first`, wait, then kill. Returns its exit code."""
    if not has_ended(child):
        child.send_signal(first)
    deadline = time.monotonic() + seconds
    while not has_ended(child) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return reap(child)


def has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the child has ended; it stays unreaped, so its number and its group are still its own."""
    if child.returncode is not None:
        return True
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def reap(child: subprocess.Popen[bytes]) -> int:
    """Kill what is left of the child's group, then forget the child."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    return child.wait()
