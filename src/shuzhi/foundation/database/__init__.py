"""Database (数据库): PostgreSQL started by us under the home folder, or any server by URL.

The order is fixed: `SHUZHI_DATABASE_URL`, then the programs in the wheel, then the system's.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from shuzhi.foundation.database import cluster, roles
from shuzhi.foundation.database.binaries import Binaries, find_binaries
from shuzhi.foundation.database.cluster import Running
from shuzhi.foundation.database.errors import DatabaseError, NotOurs, NotRunning, Unreachable, WrongServer
from shuzhi.foundation.database.roles import Role
from shuzhi.foundation.processes import end, read_record
from shuzhi.foundation.settings import settings

__all__ = [
    "Binaries",
    "DatabaseError",
    "NotOurs",
    "NotRunning",
    "Role",
    "Running",
    "Unreachable",
    "database_url",
    "ensure_database",
    "expected_url",
    "find_binaries",
    "is_ours",
    "running",
    "start",
    "stop",
]

_children: dict[Path, subprocess.Popen[bytes]] = {}


def is_ours() -> bool:
    """Whether we start and stop the database ourselves."""
    return settings().database_url is None


def running(home: Path | None = None) -> Running | None:
    """Our live server under this home, or None."""
    return cluster.running(home or settings().home)


def start(home: Path | None = None, *, fsync: bool = True) -> subprocess.Popen[bytes]:
    """Start our server, check that it is ours, make sure of roles and extensions; ends with this process.

    Raises:
        NotOurs: the settings name a server of others.
        DatabaseError: it did not start; the message says how to mend it.
    """
    if home is None and not is_ours():
        raise NotOurs
    home = home or settings().home
    child = cluster.start(home, fsync=fsync)
    _children[home] = child
    try:
        _settle(home)
    except BaseException:
        stop(home)
        raise
    return child


def stop(home: Path | None = None) -> bool:
    """Stop our server under this home, whoever started it; False when none ran."""
    home = home or settings().home
    child = _children.pop(home, None)
    if child is not None:
        cluster.stop(home, child)
        return True
    record = read_record(home, "database")
    return bool(record and end(record, first=signal.SIGINT, seconds=cluster.STOP_SECONDS))


def ensure_database(home: Path | None = None) -> str:
    """Have a database to work with and return its owner's URL.

    A running one is used as it is; otherwise ours is started and stops with this process.
    """
    if home is None and not is_ours():
        _settle_foreign()
        return database_url(home=home)
    _end_leftover(home or settings().home)
    if running(home) is None:
        atexit.register(_stop_own, home or settings().home, os.getpid())
        start(home)
    return database_url(home=home)


def _end_leftover(home: Path) -> None:
    """A server whose starter was killed is on its way out: never work with it."""
    record = read_record(home, "database")
    if record and record.is_alive() and not record.has_parent():
        end(record, first=signal.SIGINT, seconds=cluster.STOP_SECONDS)


def database_url(role: Role = "owner", *, home: Path | None = None) -> str:
    """The libpq URL for a role.

    On a server of others the given role stands in for every role that could not be created.

    Raises:
        NotRunning: our server does not run.
    """
    given = settings().database_url if home is None else None
    home = home or settings().home
    if given:
        return _with_user(home, given, role) if role in roles.external_roles(home) else given
    server = cluster.running(home)
    if server is None:
        raise NotRunning(home=home)
    database = "postgres" if role == "superuser" else roles.DATABASE
    return _own_url(home, role, server.port, database)


def expected_url(role: Role = "owner") -> str:
    """The URL our server has once it runs; asks nobody, so that settings load on a resting node too."""
    if not is_ours():
        return database_url(role)
    home = settings().home
    return _own_url(home, role, cluster.known_port(home), roles.DATABASE)


def _own_url(home: Path, role: Role, port: int, database: str) -> str:
    secret = quote(roles.password(home, role), safe="")
    return f"postgresql://{roles.role_name(role)}:{secret}@127.0.0.1:{port}/{database}"


def _with_user(home: Path, url: str, role: Role) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{roles.role_name(role)}:{quote(roles.password(home, role), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user}@{place}"))


def _settle(home: Path) -> None:
    """Check that the server that answers is ours, then make sure of roles, database and extensions."""
    import psycopg

    server = cluster.running(home)
    if server is None:
        raise NotRunning(home=home)
    data = cluster.folders(home).data.resolve()
    with psycopg.connect(_own_url(home, "superuser", server.port, "postgres"), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        found = Path(str(row[0])) if row else Path()
        if found.resolve() != data:
            raise WrongServer(port=server.port, found=found, expected=data)
        roles.ensure_own(home, connection)
    url = _own_url(home, "superuser", server.port, roles.DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        roles.ensure_extensions(connection)


@lru_cache(maxsize=1)
def _settle_foreign() -> None:
    import psycopg

    url = settings().database_url or ""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unreachable(reason=str(error).strip().splitlines()[0]) from error
    with connection:
        roles.ensure_foreign(settings().home, connection)
        roles.ensure_extensions(connection)


def _stop_own(home: Path, pid: int) -> None:
    # A forked child inherits the wish but not the server.
    if os.getpid() == pid and home in _children:
        stop(home)
