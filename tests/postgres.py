"""A real PostgreSQL for the tests: one cluster a process, without fsync, gone when the process ends.

With pytest-xdist every worker is a process and so has its own cluster.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path


def open_folder(prefix: str) -> Path:
    """A temporary folder that the database's user may enter, which pytest's own `tmp_path` is not."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return folder


@lru_cache(maxsize=1)
def start_for_tests() -> Path:
    """Point this process's settings at a fresh home with a running database; returns the home."""
    from shuzhi.foundation import database
    from shuzhi.foundation.settings import settings

    home = open_folder("shuzhi-test-")
    os.environ["SHUZHI_HOME"] = str(home)
    settings.cache_clear()
    database.start(home, fsync=False)
    _allow_test_databases(home)
    return home


def stop_for_tests() -> None:
    """Stop the cluster and remove its folder."""
    from shuzhi.foundation import database

    if start_for_tests.cache_info().currsize:
        home = start_for_tests()
        database.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _allow_test_databases(home: Path) -> None:
    import psycopg

    from shuzhi.foundation import database

    with psycopg.connect(database.database_url("superuser", home=home), autocommit=True) as connection:
        connection.execute("ALTER ROLE shuzhi_owner CREATEDB")
