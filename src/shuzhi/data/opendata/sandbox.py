"""The sandbox (沙箱): counts and means of data open on conditions; small groups are left out, rows never leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.conditions import condition, known
from shuzhi.data.opendata.errors import CannotSort, RowsTooMany
from shuzhi.data.opendata.reading import read
from shuzhi.data.opendata.tables import SCHEMA
from shuzhi.data.opendata.types import Release, RowQuestion

LEAST = 10
"""A group of fewer rows is not told: with others' knowledge it would tell of single ones."""
MOST_GROUPS, MOST_BY, ROUND = 500, 2, 5
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.AMOUNT})


@dataclass(frozen=True)
class Summary:
    """Groups with their counts, rounded to five, and means; `left_out` is how many groups were too small to tell."""

    by: tuple[str, ...]
    mean_of: str
    groups: tuple[dict[str, Any], ...]
    left_out: int


def summarise(release: Release, *, by: tuple[str, ...], mean_of: str, filters: RowQuestion) -> Summary:
    """Count rows by at most two fields, with the mean of a number if one is asked for.

    Raises:
        NoSuchColumn: a field is not in the release.
        RowsTooMany: more than two fields to group by.
        CannotSort: the mean of something that is no number.
    """
    if len(by) > MOST_BY:
        raise RowsTooMany(most=MOST_BY)
    names = [known(release, name).id for name in by]
    if mean_of and known(release, mean_of).type not in _NUMBERS:
        raise CannotSort(column=mean_of)
    where, values = condition(release, filters)
    [rows] = read((_statement(release, names, mean_of, where), values))
    told = [row for row in rows if row[len(names)] >= LEAST]
    groups = tuple(_group(names, row, mean_of) for row in told[:MOST_GROUPS])
    return Summary(tuple(names), mean_of, groups, len(rows) - len(told))


def _statement(release: Release, names: list[str], mean_of: str, where: sql.Composable) -> sql.Composed:
    columns = [sql.SQL("{}::text").format(sql.Identifier(name)) for name in names]
    mean = sql.SQL("avg({})").format(sql.Identifier(mean_of)) if mean_of else sql.SQL("NULL")
    parts = sql.SQL(", ").join([*columns, sql.SQL("count(*) AS n"), mean])
    table = sql.Identifier(SCHEMA, release.table)
    grouped = sql.SQL(" GROUP BY {}").format(sql.SQL(", ").join(columns)) if columns else sql.SQL("")
    return sql.SQL("SELECT {} FROM {}{}{} ORDER BY n DESC").format(parts, table, where, grouped)


def _group(names: list[str], row: tuple[Any, ...], mean_of: str) -> dict[str, Any]:
    count, mean = row[len(names)], row[len(names) + 1]
    said: dict[str, Any] = {**dict(zip(names, row, strict=False)), "count": round(count / ROUND) * ROUND}
    return said | ({"mean": float(f"{mean:.3g}")} if mean_of and mean is not None else {})
