"""Tables of databases: an SQLite file that was handed in, or a department's PostgreSQL by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.columnar import value_text
from shuzhi.data.sources.reading.errors import DatabaseUnreadable, EmptyFile, TableNotFound, UnreadableFile
from shuzhi.data.sources.reading.keyed import Keyed, keyed_reader
from shuzhi.data.sources.reading.problems import other_tables
from shuzhi.data.sources.reading.types import ReadOptions, TableReader

ROWS_AT_ONCE = 2_000
SQLITE_VALUE_BYTES = 64 * 1024 * 1024
STATEMENT_SECONDS = 600


def sqlite_reader(path: Path, options: ReadOptions, name: str, resources: ExitStack) -> TableReader:
    """One table of an SQLite file, opened for reading only; views and triggers never run.

    Raises:
        EmptyFile: no table in it.
        TableNotFound: not the one asked for.
        UnreadableFile: damaged.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        resources.enter_context(closing(connection))
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, SQLITE_VALUE_BYTES)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        tables = _sqlite_tables(connection)
        table = _chosen(tables, options.table, name)
        head = connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")  # noqa: S608
    except (sqlite3.Error, ValueError) as error:  # ValueError: names that are no UTF-8
        raise _broken(name, error) from error
    columns = tuple(column[0] for column in head.description)
    reader = keyed_reader(
        format="sqlite",
        encoding="utf-8",
        columns=columns,
        records=lambda: _sqlite_records(connection, table, columns, name),
        limits=options.limits,
        table=table,
        tables=tuple(tables),
    )
    if options.table is None and len(tables) > 1:
        reader.problems.add(other_tables(table, [one for one in tables if one != table]))
    return reader


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid"
    )
    return [row[0] for row in found]


def _chosen(tables: list[str], wanted: str | None, name: str) -> str:
    if not tables:
        raise EmptyFile(file=name)
    if wanted is not None and wanted not in tables:
        raise TableNotFound(file=name, table=wanted, tables="、".join(tables[:50]))
    return wanted or tables[0]


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _sqlite_records(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], name: str
) -> Iterator[Keyed]:
    try:
        rows = connection.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608
        for number, row in enumerate(rows, 1):
            yield Keyed(number, dict(zip(columns, map(value_text, row), strict=True)))
    except (sqlite3.Error, ValueError) as error:  # ValueError: names that are no UTF-8
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(file=name, format="SQLite", reason=str(error)[:200])


def postgres_reader(
    url: str, table: str, *, schema: str, since: tuple[str, str] | None, options: ReadOptions
) -> TableReader:
    """One table of a PostgreSQL database through a server-side cursor, in a read-only transaction.

    `since` is a watermark: (column, last value seen); only later rows come, in the column's order.

    Raises:
        DatabaseUnreadable: unreachable, no such table, or no right to it. The address is never repeated.
    """
    import psycopg

    resources = ExitStack()
    try:
        connection = resources.enter_context(closing(psycopg.connect(url, connect_timeout=15)))
        connection.read_only = True
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        query, parameters = _query(table, schema, since)
        cursor = connection.cursor(name="shuzhi_reading")
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query, parameters)
        columns = tuple(column.name for column in cursor.description or ())
    except psycopg.Error as error:
        resources.close()
        raise _refused(table, error) from error
    reader = keyed_reader(
        format="postgresql",
        encoding="utf-8",
        columns=columns,
        records=lambda: _postgres_records(cursor, columns, table),
        limits=options.limits,
        table=f"{schema}.{table}",
    )
    reader.resources = resources
    return reader


def _query(table: str, schema: str, since: tuple[str, str] | None) -> tuple[Any, tuple[str, ...]]:
    from psycopg import sql

    everything = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
    if since is None:
        return everything, ()
    column = sql.Identifier(since[0])
    return everything + sql.SQL(" WHERE {0} > %s ORDER BY {0}").format(column), (since[1],)


def _postgres_records(cursor: Any, columns: tuple[str, ...], table: str) -> Iterator[Keyed]:
    import psycopg

    try:
        for number, row in enumerate(cursor, 1):
            yield Keyed(number, dict(zip(columns, map(value_text, row), strict=True)))
    except psycopg.Error as error:
        raise _refused(table, error) from error


def _refused(table: str, error: Exception) -> DatabaseUnreadable:
    """The server's own words where it spoke; a failed connection's words would repeat the address."""
    spoken = getattr(getattr(error, "diag", None), "message_primary", None)
    return DatabaseUnreadable(table=table, reason=spoken or type(error).__name__)
