"""Reading the processes' logs (查看日志)."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import TextIO

from shuzhi.node.supervisor.errors import UnknownProgram
from shuzhi.node.supervisor.programs import log_file

NAMES = ("up", "database", "web", "gateway", "worker", "migrate")


def show_log(home: Path, name: str, *, lines: int, follow: bool, out: TextIO) -> None:
    """Write the last lines of a log, and with `follow` those that come, until Ctrl-C.

    Raises:
        UnknownProgram: a name that has no log.
    """
    if name not in NAMES:
        raise UnknownProgram(name=name, known=", ".join(NAMES))
    file = log_file(home, name)
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as log:
        out.writelines(deque(log, maxlen=lines))
        while follow:
            # Trimmed under us: go on from its new end.
            if log.tell() > file.stat().st_size:
                log.seek(0)
            out.write(log.read())
            out.flush()
            time.sleep(0.25)
