"""Totals that are counted when a release is made, so that no page waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.db import connection
from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata import models
from shuzhi.data.opendata.conditions import known, typed
from shuzhi.data.opendata.tables import SCHEMA
from shuzhi.data.opendata.types import Release, RowQuestion

FROM_ROWS = 50_000
"""Smaller tables are counted as they are asked."""
MOST_VALUES, MOST_COLUMNS = 500, 200
ABSENT = "\0"  # no text of a database
_KINDS = frozenset({FieldType.TEXT, FieldType.BOOLEAN})


def count_ahead(release: Release) -> None:
    """Count the rows of every value of the columns that have few values, in the running transaction."""
    if release.rows < FROM_ROWS:
        return
    for column in release.columns:
        if column.type in _KINDS:
            models.RowCount.objects.bulk_create(
                models.RowCount(release=release.id, column=column.id, value=value, rows=rows)
                for value, rows in _values(release, column.id)
            )


def forget(release: str) -> None:
    """A release is no more."""
    models.RowCount.objects.filter(release=release).delete()


def ahead(release: Release, question: RowQuestion) -> int | None:
    """The total of a question that was counted ahead; None where the rows must be asked."""
    if (
        question.distinct
        or question.q
        or question.either
        or question.words
        or question.boxes
        or question.between
    ):
        return None
    if not question.filters:
        return release.rows
    if len(question.filters) != 1 or release.rows < FROM_ROWS:
        return None
    [(name, wanted)] = question.filters.items()
    kind = known(release, name).type
    values = {_as_counted(kind, text) for text in wanted} - {ABSENT}
    counted = _counted(release.id, name)
    return sum(counted.get(value, 0) for value in values) if counted else None


@lru_cache(maxsize=MOST_COLUMNS)
def _counted(release: str, column: str) -> Mapping[str | None, int]:
    """How many rows have each value. It never changes: rows are counted before anybody sees their release."""
    found = models.RowCount.objects.filter(release=release, column=column)
    return dict(found.values_list("value", "rows"))


def _as_counted(kind: FieldType, text: str | None) -> str | None:
    """A filter's text as its value was counted; ABSENT where the column can hold no such value."""
    if text is None:
        return None
    value = typed(kind, text)
    return ABSENT if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _values(release: Release, name: str) -> list[tuple[str | None, int]]:
    column, table = sql.Identifier(name), sql.Identifier(SCHEMA, release.table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_distinct FROM pg_stats WHERE schemaname = %s AND tablename = %s AND attname = %s",
            [SCHEMA, release.table, name],
        )
        estimated = cursor.fetchone()
        if estimated is None or not 0 < estimated[0] <= MOST_VALUES:
            return []
        count = sql.SQL("SELECT {}::text, count(*) FROM {} GROUP BY 1 LIMIT {}")
        cursor.execute(count.format(column, table, sql.Literal(MOST_VALUES + 1)))
        found = cursor.fetchall()
    # A cut-off list would say nothing of the values that are not in it; longer ones make no index.
    short = all(value is None or len(value) <= models.LONGEST_VALUE for value, _ in found)
    return found if len(found) <= MOST_VALUES and short else []
