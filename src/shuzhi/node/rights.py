"""Which process works as which database role, and what each role may do (最小权限): the one place that says so.

`shuzhi migrate` brings the tables up to date as their owner and then applies what stands here; every other process
owns nothing. On a server of others, where the roles could not be made, the given role stands in for all of them and
`shuzhi doctor` says so. The gateway's rights are its room's: `shuzhi.data.exchange.grants`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import sql

from shuzhi.foundation.database import Role
from shuzhi.foundation.database.roles import role_name

ROLE_OF_PROCESS: dict[str, Role] = {
    "web": "web",
    "worker": "worker",
    "gateway": "gateway",
    "migrate": "owner",
}
# Verbs of the command line, and the demonstration, do in the foreground what jobs do in the background.
ROLE_OF_OTHERS: Role = "worker"

# Who reads and writes the rooms' rows. None of them may create, alter, drop or empty a table.
WRITERS: tuple[Role, ...] = ("web", "worker")
ROWS = sql.SQL("SELECT, INSERT, UPDATE, DELETE")
# Tables that refuse changes by a trigger of this name (the audit log) refuse them by right as well.
APPEND_ONLY_TRIGGER = "append_only_rows"
ENTRIES = sql.SQL("SELECT, INSERT")
# Only the owner's migrations change what is written here.
READ_ONLY_TABLES = frozenset({"django_migrations"})
READING = sql.SQL("SELECT")
# Tables of releases are made and dropped by functions that can make and drop nothing else; the reader sees no other.
OPEN_SCHEMA, OPEN_READERS = "opendata", (*WRITERS, "reader")
LAKE_SCHEMA = "lake"

_TABLES = """
    SELECT c.relname, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = %s)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""


def role_of(process: str) -> Role:
    """The role as which a process of the node connects."""
    return ROLE_OF_PROCESS.get(process, ROLE_OF_OTHERS)


def apply_rights(connection: Any) -> list[str]:
    """Give every role exactly what is declared here, on the tables as they are now; returns the roles. Repeatable.

    `connection` belongs to the tables' owner. Roles that the server does not have are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        there = {row[0] for row in cursor.fetchall()}
        for statement in _statements(cursor, there):
            cursor.execute(statement)
    return sorted(there & {role_name(role) for role in OPEN_READERS})


def _statements(cursor: Any, there: set[str]) -> Iterator[sql.Composable]:
    for role in WRITERS:
        if role_name(role) not in there:
            continue
        who = sql.Identifier(role_name(role))
        for schema in ("public", LAKE_SCHEMA):
            yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), who)
            for table, is_append_only in _tables(cursor, schema):
                rights = READING if table in READ_ONLY_TABLES else ENTRIES if is_append_only else ROWS
                name = sql.Identifier(schema, table)
                # What an earlier release gave and this one does not is taken back.
                yield sql.SQL("REVOKE ALL ON {} FROM {}").format(name, who)
                yield sql.SQL("GRANT {} ON {} TO {}").format(rights, name, who)
            yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(
                sql.Identifier(schema), who
            )
        yield sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}").format(
            sql.Identifier(OPEN_SCHEMA), who
        )
    for role in OPEN_READERS:
        if role_name(role) in there:
            yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
                sql.Identifier(OPEN_SCHEMA), sql.Identifier(role_name(role))
            )
            yield sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(
                sql.Identifier(OPEN_SCHEMA), sql.Identifier(role_name(role))
            )


def _tables(cursor: Any, schema: str) -> list[tuple[str, bool]]:
    cursor.execute(_TABLES, [APPEND_ONLY_TRIGGER, schema])
    return [(str(name), bool(is_append_only)) for name, is_append_only in cursor.fetchall()]
