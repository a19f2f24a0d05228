"""Writing many rows at once: COPY, several times faster than INSERT."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows into a model's table by COPY, in the running transaction; returns how many.

    `columns` are the table's column names (`entity_id`, not `entity`). Dictionaries and lists go into JSON
    columns. Columns with a default of the model's own must be given: COPY knows only the database's.
    """
    table = sql.Identifier(model._meta.db_table)  # noqa: SLF001 - Django's documented way to a model's table
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy,
    ):
        for row in rows:
            copy.write_row([_plain(value) for value in row])
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
