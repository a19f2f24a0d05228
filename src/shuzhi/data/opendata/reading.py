"""Reading open rows as a role that can read nothing else (最小权限)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from shuzhi.foundation.database.roles import role_name

Asked = tuple[sql.Composed, Sequence[Any]]
Rows = list[tuple[Any, ...]]

# What `SET LOCAL ROLE` does, in a transaction that nobody began in so many words.
_BECOME = sql.SQL("SELECT set_config('role', {}, true)").format(sql.Literal(role_name("reader")))
_MAY = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(session_user, oid, 'MEMBER'))"


def read(*asked: Asked) -> list[Rows]:
    """The rows of each statement, run as `shuzhi_reader`: it sees the releases' tables, and changes nothing.

    They go to the server and back as one message, which is one transaction: to and fro takes longer than most of them
    do. On a server of others where that role could not be made, they run as the process's own; `shuzhi doctor` says so.
    """
    connection.ensure_connection()
    become: list[Asked] = [(_BECOME, [])] if _may_become_reader() else []
    whole = [*become, *asked]
    if connection.in_atomic_block or connection.execute_wrappers or connection.queries_logged:
        found = _read_within(whole)
    else:
        with connection.wrap_database_errors:
            writer = psycopg.ClientCursor(connection.connection)
            found = _read_at_once(connection.connection, [writer.mogrify(*each) for each in whole])
    return found[len(become) :]


def _read_at_once(line: psycopg.Connection[Any], told: Sequence[str]) -> list[Rows]:
    """What is sent before the end of a pipeline is one transaction, unless one runs already."""
    with line.pipeline():
        cursors = [psycopg.Cursor(line).execute(text.encode()) for text in told]
        return [cursor.fetchall() for cursor in cursors]


def _read_within(asked: Sequence[Asked]) -> list[Rows]:
    """The same step by step: where a transaction runs already, it is its own again afterwards."""
    found: list[Rows] = []
    goes_on = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in asked:
            cursor.execute(statement, values)
            found.append(cursor.fetchall())
        if goes_on:
            cursor.execute("RESET ROLE")
    return found


def _may_become_reader() -> bool:
    """Asked once a connection: memberships are given when the node starts."""
    held = connection.connection
    known: bool | None = getattr(held, "shuzhi_may_read", None)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_MAY, [role_name("reader")])
            known = bool(cursor.fetchone()[0])
        held.shuzhi_may_read = known
    return known
