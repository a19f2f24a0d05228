"""Open tables in PostgreSQL: one a release, in a schema that holds nothing else.

Every identifier comes from a checked declaration and is quoted; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from shuzhi.data.opendata.conditions import TYPES
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.text import storable

SCHEMA = "opendata"
BoxOf = Callable[[list[Any]], str | None]


def create_table(release: Release, rows: Iterable[list[Any]], *, box_of: BoxOf | None = None) -> int:
    """Make the release's table and fill it by COPY, in the running transaction; returns the number of rows.

    `box_of` gives a row's bounding box as PostgreSQL writes it, where the rows have places.
    """
    columns = [column.id for column in release.columns]
    types = [TYPES[column.type].as_string(None) for column in release.columns]
    if box_of is not None:
        columns, types = [*columns, "_box"], [*types, "box"]
    with connection.cursor() as cursor:
        # The tables' owner does it for us: this process may create nothing itself.
        cursor.execute(
            "SELECT opendata.make_table(%s, %s::text[], %s::text[])", [release.table, columns, types]
        )
        count = _copy(cursor, release, columns, rows, box_of)
        # Upper-cased trigrams find Chinese words, which have no spaces, and parts of codes.
        cursor.execute("SELECT opendata.close_table(%s)", [release.table])
    return count


def drop_table(release: Release) -> None:
    """Remove a withdrawn release's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT opendata.drop_table(%s)", [release.table])


def _copy(
    cursor: Any, release: Release, columns: list[str], rows: Iterable[list[Any]], box_of: BoxOf | None
) -> int:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in ("_id", *columns, "_text"))
    table = sql.Identifier(SCHEMA, release.table)
    count = 0
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
        for count, row in enumerate(rows, start=1):
            held = [storable(value) if isinstance(value, str) else value for value in row]
            said = " ".join(str(value) for value in held if value is not None)
            box = [] if box_of is None else [box_of(row)]
            copy.write_row([count, *held, *box, said])
    return count
