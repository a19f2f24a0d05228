"""Database roles (数据库角色): who owns the tables, who serves pages, works, serves calls, who only reads.

Here the roles exist and can log in; what each may do is declared in `shuzhi.node.rights`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from shuzhi.foundation.database.errors import ExtensionMissing
from shuzhi.foundation.secrets import secret, secret_file, write_once

if TYPE_CHECKING:
    import psycopg

Role = Literal["superuser", "owner", "web", "worker", "gateway", "reader"]
DATABASE = "shuzhi"
EXTENSIONS = ("pg_trgm", "btree_gist")
SERVING: tuple[Role, ...] = ("web", "worker", "gateway", "reader")
LOCK = 7_207_001


def role_name(role: Role) -> str:
    """The role's name in PostgreSQL."""
    return "postgres" if role == "superuser" else f"shuzhi_{role}"


def password(home: Path, role: Role) -> str:
    """The role's generated password."""
    return secret(home, f"database-{role}")


def ensure_own(home: Path, connection: psycopg.Connection) -> None:
    """In our own cluster: roles, the database `shuzhi` and its extensions; does nothing when all is there."""
    roles: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "superuser")
    _ensure_roles(home, connection, roles)
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if not found:
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {role_name('owner')}")


def ensure_extensions(connection: psycopg.Connection) -> None:
    """Extensions that the rooms' indexes need.

    Raises:
        ExtensionMissing: the server lacks it, or the given role may not add it.
    """
    import psycopg

    for name in EXTENSIONS:
        try:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        except psycopg.Error as error:
            raise ExtensionMissing(name=name, reason=str(error).strip()) from error


def ensure_foreign(home: Path, connection: psycopg.Connection) -> bool:
    """On a server of others: the serving roles, when the given role may create them.

    Returns False when it may not, or when another node on that server has them already (their
    passwords are never changed); then everything runs under the given role and doctor says so.
    """
    import psycopg

    if external_roles(home) >= set(SERVING):
        return True
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if _strangers(home, connection):
                return False
            _ensure_roles(home, connection, SERVING)
    except psycopg.errors.InsufficientPrivilege:
        return False
    secret_file(home, "database-roles").unlink(missing_ok=True)  # of a release that knew fewer
    write_once(secret_file(home, "database-roles"), " ".join(SERVING))
    return True


def external_roles(home: Path) -> frozenset[str]:
    """The serving roles that were created on a server of others."""
    file = home / "secrets" / "database-roles"
    return frozenset(file.read_text().split()) if file.exists() else frozenset()


def _strangers(home: Path, connection: psycopg.Connection) -> bool:
    known, ours = _known(connection), external_roles(home)
    return any(
        role_name(role) in known and role not in ours and not secret_file(home, f"database-{role}").exists()
        for role in SERVING
    )


def _known(connection: psycopg.Connection) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles")}


def _ensure_roles(home: Path, connection: psycopg.Connection, roles: tuple[Role, ...]) -> None:
    from psycopg import sql

    known = _known(connection)
    for role in roles:
        fresh = not secret_file(home, f"database-{role}").exists()
        if role_name(role) in known and not fresh:
            continue
        verb = "ALTER" if role_name(role) in known else "CREATE"
        connection.execute(
            sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(role_name(role)), sql.Literal(password(home, role))
            )
        )
    _let_become_reader(connection, roles)


def _let_become_reader(connection: psycopg.Connection, roles: tuple[Role, ...]) -> None:
    """Who serves pages or works may step down to the reader's rights for as long as it answers with open rows."""
    from psycopg import sql

    for role in ("web", "worker", "owner"):
        if role in roles and "reader" in roles:
            member = connection.execute(
                "SELECT pg_has_role(%s, %s, 'MEMBER')", [role_name(role), role_name("reader")]
            ).fetchone()
            if not (member and member[0]):
                given = (sql.Identifier(role_name("reader")), sql.Identifier(role_name(role)))
                connection.execute(sql.SQL("GRANT {} TO {}").format(*given))
