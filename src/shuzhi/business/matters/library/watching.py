"""Keeps the index of matters ready (索引预备): made when a process begins to serve, and anew soon after something was installed.

Without this the first question after a start or an installation waits until the index is made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from django.db import Error, close_old_connections

from shuzhi.business.matters.library.searching import current_index

SECONDS = 3.0
log = logging.getLogger(__name__)


def keep_ready(*, every: float = SECONDS) -> Callable[[], None]:
    """Look again and again, beside the requests, whether the index is that of what is installed; returns what ends it."""
    ended = Event()
    Thread(target=_watch, args=(ended, every), name="matters-index", daemon=True).start()
    return ended.set


def _watch(ended: Event, every: float) -> None:
    while True:
        _look()
        if ended.wait(every):
            return


def _look() -> None:
    try:
        current_index()
    except Error:  # a database that is starting or being migrated: it is asked again
        log.warning("the index of matters could not be made now")
    finally:
        close_old_connections()
