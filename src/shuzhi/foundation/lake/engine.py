"""DuckDB as the lake's reader: bounded memory, two threads, nothing fetched from elsewhere."""

from __future__ import annotations

import itertools
import os
from typing import Any

from shuzhi.foundation.settings import settings

MEMORY = "512MB"
THREADS = 2

_opened = itertools.count(1)


def open_duckdb(*, memory: str = MEMORY) -> Any:
    """A fresh in-memory DuckDB that spills to the home folder; use it as a context manager.

    Each connection has its own spill folder: two processes sharing one would overwrite each other's files.
    """
    import duckdb

    spill = settings().home / "tmp" / "duckdb" / f"{os.getpid()}-{next(_opened)}"
    spill.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "threads": THREADS,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection
