"""A real PostgreSQL for the tests: one cluster for each test process, without fsync, gone with it.

Every process has its own home folder and port from the start; the server starts when the first test
asks for the database. Under pytest-xdist each worker is a process, so nothing is shared.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest

from tests.ports import free_port

SOURCE = str(Path(__file__).resolve().parent.parent / "src")
_folders: list[Path] = []


def open_folder(prefix: str) -> Path:
    """A temporary folder that the database's user may enter, which pytest's own `tmp_path` is not."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    _folders.append(folder)
    return folder


def pytest_configure() -> None:
    """Give this process its home before Django's settings are read."""
    os.environ["SHUZHI_HOME"] = str(own_home())
    # What a test starts finds the package too, also where it isn't installed.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")]))
    os.environ.pop("SHUZHI_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.node.django"
    # As the owner, who alone can make the test database and empty its tables.
    os.environ["SHUZHI_PROCESS"] = "migrate"
    django.setup()
    del os.environ["SHUZHI_PROCESS"]
    _let_flush()
    # A worker of pytest-xdist that inherited the name would read the settings before it has its own home.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure() -> None:
    """Stop the server and remove every folder that was made."""
    if running_home.cache_info().currsize:
        from shuzhi.foundation import database

        database.stop(own_home())
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


@lru_cache(maxsize=1)
def own_home() -> Path:
    """This process's home; its database's port is chosen before the database runs."""
    home = open_folder("shuzhi-test-")
    (home / "postgres").mkdir()
    (home / "postgres" / "port").write_text(str(free_port()))
    return home


@lru_cache(maxsize=1)
def running_home() -> Path:
    """This process's home, with the database running."""
    from shuzhi.foundation import database

    home = own_home()
    database.start(home, fsync=False)
    with psycopg.connect(database.database_url("superuser", home=home), autocommit=True) as connection:
        connection.execute("ALTER ROLE shuzhi_owner CREATEDB")
        # Emptying the tables between tests must get past the triggers of the audit log: see `_let_flush`.
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO shuzhi_owner")
    return home


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Called by pytest-django before it makes its test database."""
    running_home()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database has the rights that `shuzhi migrate` gives: what a test starts works in its own role."""
    from django.db import connection

    from shuzhi.foundation import lake
    from shuzhi.node.rights import apply_rights

    with django_db_blocker.unblock():
        lake.prepare()
        apply_rights(connection)
        connection.close()


@pytest.fixture(scope="session")
def postgres_home() -> Path:
    """A home with a running database, for tests that use no Django."""
    return running_home()


def _let_flush() -> None:
    """Let the test runner, and nobody else, empty tables that refuse to be emptied."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.sql_flush

    def without_triggers(self: DatabaseOperations, *args: object, **kwargs: object) -> list[str]:
        return ["SET LOCAL session_replication_role = replica", *flush(self, *args, **kwargs)]  # type: ignore[arg-type]

    DatabaseOperations.sql_flush = without_triggers  # type: ignore[method-assign,assignment]
