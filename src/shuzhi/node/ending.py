"""Ending a verb from outside (中断): Ctrl-C, SIGTERM or a closed terminal unwind it, so that it stops what it started."""

from __future__ import annotations

import signal
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# One wish may come as several signals: from the terminal, and from the `make` above us.
ONE_WISH = 5.0


class Ended(SystemExit):
    """Told to end; passes every `except Exception`, and leaves with the code shells expect."""


def listen() -> None:
    """From here on the signals raise `Ended` in the main thread; a supervisor puts its own ears up."""
    first = float("-inf")

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal first
        if time.monotonic() - first < ONE_WISH:
            return  # already unwinding: a second exception would cut that short
        first = time.monotonic()
        raise Ended(128 + number)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, end)
