"""Ending a node from elsewhere (停止): `shuzhi stop`."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from shuzhi.foundation.processes import Record, end, read_record, records
from shuzhi.foundation.processes.records import forget
from shuzhi.node.supervisor.programs import parting_signal
from shuzhi.node.supervisor.running import ME

PATIENCE = 40.0


def stop_node(home: Path) -> list[str]:
    """End what runs under this home and return the names of what was running.

    The supervisor is asked first and ends its children in order; what is left after that is ended
    one by one, the database last. A pid that was recycled is never touched.
    """
    alive = [record for record in records(home) if record.is_alive()]
    supervisor = read_record(home, ME)
    if supervisor:
        end(supervisor, first=signal.SIGTERM, seconds=PATIENCE)
    for record in sorted(alive, key=_database_last):
        if record.name != ME:
            _await_parting(record, had_supervisor=supervisor is not None)
            end(record, first=parting_signal(record.name))
    for record in records(home):
        if not record.is_alive():
            forget(home, record.name)
    return [record.name for record in alive]


def _database_last(record: Record) -> bool:
    return record.name == "database"


def _await_parting(record: Record, *, had_supervisor: bool) -> None:
    # A killed supervisor's children are being ended by the kernel: a moment saves a signal.
    deadline = time.monotonic() + (1.0 if had_supervisor else 0.0)
    while record.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
