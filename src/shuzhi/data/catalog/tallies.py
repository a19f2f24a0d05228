"""How many entries a question finds and how they divide: counted once for each state of the catalog.

Counting half a million entries takes most of a second, their page a millisecond. So what was counted is kept in the
process, under the state of the catalog in which it was counted (`catalog_change`: every statement that changes entries
leaves a row there, in its own transaction); with the next change it is counted anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

ARRAYS = frozenset({"formats", "tags"})
MOST_KEPT = 2_000
_COUNT_ALL = "SELECT {name}, '', count(*) FROM found"
_COUNT = "(SELECT {name}, {column}, count(*) FROM found GROUP BY 2)"
_COUNT_PARTS = "(SELECT {name}, part, count(*) FROM found, unnest({column}) AS part GROUP BY 2)"
_TALLY = "WITH found AS MATERIALIZED ({found}) {counts}"
_kept: OrderedDict[tuple[Any, ...], Tally] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Tally:
    """The whole count, and the counts of every facet, the most frequent value first."""

    total: int
    facets: Mapping[str, Mapping[str, int]]


def tally(found: QuerySet[Any], facets: tuple[str, ...]) -> Tally:
    """Count entries that a query finds, whole and by each facet; they are read once at most."""
    columns = list(dict.fromkeys(["id", *facets]))
    try:
        statement, values = found.order_by().values(*columns).query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can meet
        return Tally(0, {})
    key = (edition(), statement, repr(values), facets)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    counted = _counted(statement, values, facets)
    with _lock:
        _kept[key] = counted
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return counted


def edition() -> tuple[int, int]:
    """The state of the catalog; another as soon as a change is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0), count(*) FROM catalog_change")
        latest, changes = cursor.fetchone()
    return int(latest), int(changes)


def _counted(statement: str, values: tuple[Any, ...], facets: tuple[str, ...]) -> Tally:
    counts = [_COUNT_ALL, *(_COUNT_PARTS if name in ARRAYS else _COUNT for name in facets)]
    named = ["id", *facets]
    whole = sql.SQL(_TALLY).format(
        found=sql.SQL(statement),
        counts=sql.SQL(" UNION ALL ").join(
            sql.SQL(count).format(column=sql.Identifier(name), name=sql.Literal(facet))
            for count, name, facet in zip(counts, named, ("", *facets), strict=True)
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(whole, values)
        rows = cursor.fetchall()
    divided: dict[str, dict[str, int]] = {}
    for facet, value, count in sorted(rows, key=_frequent_first):
        divided.setdefault(facet, {})[value] = count
    return Tally(divided.pop("", {}).get("", 0), divided)


def _frequent_first(row: tuple[str, str, int]) -> tuple[str, int, str]:
    return row[0], -row[2], row[1]
