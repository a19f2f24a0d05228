"""Asking the worker to deliver (催投): at once, but not for each of thousands of events a second.

One who has just asked needs not ask again: the relay that was asked goes on for longer than that. So an event waits
for nobody, and a process that publishes a thousand events a second asks twenty times.
"""

from __future__ import annotations

import threading
import time

ASKED_FOR = 0.05  # seconds for which one asking of this process is enough
HEARD_FOR = 0.1  # seconds for which the relay that was asked stays, before it looks a last time; longer than the above

_lock = threading.Lock()
_last: list[float] = []  # when this process asked last, empty before it ever did


def ask_worker() -> None:
    """Ask, unless this process has just done so; called once a transaction has committed."""
    with _lock:
        began = time.monotonic()
        if _last and began - _last[0] < ASKED_FOR:
            return
        _last[:] = [began]
    try:
        _defer()
    except BaseException:
        forget()
        raise


def forget() -> None:
    """Let the next event ask, whenever the last one did."""
    with _lock:
        _last.clear()


def _defer() -> None:
    from shuzhi.foundation.outbox.jobs import deliver_soon

    deliver_soon()
