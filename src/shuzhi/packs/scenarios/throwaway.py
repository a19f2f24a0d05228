"""A node to throw away (一次性节点): its own home and database; blank again before every scenario.

The tables are made once and kept as a template. PostgreSQL copies it in a fraction of a second, which is
far less than emptying a hundred tables, and nothing of a scenario can be left behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from shuzhi.foundation import database
from shuzhi.foundation.database.roles import DATABASE, role_name
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import PREFIX, settings

BLANK = "shuzhi_blank"
# What a scenario does not write: the server's own files, its record, and the keys.
KEPT = frozenset({"postgres", "run", "secrets"})
LONGEST = 600


class NoThrowawayNode(PlatformError):
    """The node for the scenarios could not be made: {reason}."""

    code = "packs.no_throwaway_node"
    http_status = 500
    zh = "无法建立用于验收的一次性节点：{reason}。"


@contextmanager
def throwaway_node(packs: tuple[Path, ...]) -> Iterator[Path]:
    """Make this process a node of its own for a while; Django must not have read its settings before.

    Raises:
        NoThrowawayNode: its database could not be made.
    """
    with TemporaryDirectory(prefix="shuzhi-verify-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # the database may run as another user
        _become(home, packs)
        _make_tables()
        database.start(home, fsync=False)
        try:
            _set_aside(home)
            yield home
        finally:
            _let_go()
            database.stop(home)


def _become(home: Path, packs: tuple[Path, ...]) -> None:
    """Whatever this process was told to be, it is a console of that home and of no other database."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ[f"{PREFIX}HOME"] = str(home)
    os.environ[f"{PREFIX}LOG_LEVEL"] = "error"
    if packs:
        os.environ[f"{PREFIX}PACKS"] = ",".join(str(path.resolve()) for path in packs)
    settings.cache_clear()


def _make_tables() -> None:
    # As an operator does it: tables are the owner's, and this process is not.
    made = subprocess.run(
        [sys.executable, "-m", "shuzhi", "migrate"],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    if made.returncode:
        lines = (made.stderr or made.stdout).strip().splitlines() or ["?"]
        raise NoThrowawayNode(reason=lines[-1])


def _set_aside(home: Path) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(DATABASE), sql.Identifier(BLANK))
    _as_superuser(home, rename)


def make_blank(home: Path) -> None:
    """Nothing of an earlier scenario is left: neither rows nor files."""
    _let_go()
    name, owner = sql.Identifier(DATABASE), sql.Identifier(role_name("owner"))
    _as_superuser(
        home,
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name),
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(name, sql.Identifier(BLANK), owner),
    )
    for entry in home.iterdir():
        if entry.name not in KEPT and entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)


def _as_superuser(home: Path, *statements: sql.Composed) -> None:
    with psycopg.connect(database.database_url("superuser", home=home), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _let_go() -> None:
    """Close every connection of this process to the database."""
    from django.apps import apps

    if not apps.ready:
        return
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    from shuzhi.foundation import lake

    for connection in connections.all():
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
    lake.close()
