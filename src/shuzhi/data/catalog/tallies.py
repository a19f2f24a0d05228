"""How many entries a question finds and how they divide: counted once for each state of the catalog.

Counting half a million entries takes most of a second, their page a millisecond. So what was counted is kept in the
process, under the state of the catalog in which it was counted (`catalog_change`: every statement that changes entries
leaves a row there, in its own transaction); with the next change it is counted anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from shuzhi.foundation.recent import Recent

ARRAYS = frozenset({"formats", "tags"})
MOST_KEPT = 2_000
# One reading of the entries, which PostgreSQL shares among its workers; the few hundred kinds of entries come back.
_KINDS = "SELECT {facets} count(*) FROM ({found}) AS found {groups}"
_counting: dict[tuple[Any, ...], Lock] = {}
_lock = Lock()


@dataclass(frozen=True)
class Tally:
    """The whole count, and the counts of every facet, the most frequent value first."""

    total: int
    facets: Mapping[str, Mapping[str, int]]


_kept: Recent[tuple[Any, ...], Tally] = Recent(MOST_KEPT)


def tally(found: QuerySet[Any], facets: tuple[str, ...]) -> Tally:
    """Count entries that a query finds, whole and by each facet; they are read once at most."""
    try:
        statement, values = found.order_by().values(*(facets or ("id",))).query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can meet
        return Tally(0, {})
    key = (edition(), statement, repr(values), facets)
    if (kept := _kept.get(key)) is not None:
        return kept
    with _lock:
        turn = _counting.setdefault(key, Lock())
    # Of those who ask the same at once one counts, and the others have the answer as soon as it has.
    with turn:
        if (kept := _kept.get(key)) is not None:
            return kept
        try:
            return _kept.keep(key, _counted(statement, values, facets))
        finally:
            with _lock:
                _counting.pop(key, None)


def edition() -> tuple[int, int]:
    """The state of the catalog; another as soon as a change is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0), count(*) FROM catalog_change")
        latest, changes = cursor.fetchone()
    return int(latest), int(changes)


def _counted(statement: str, values: tuple[Any, ...], facets: tuple[str, ...]) -> Tally:
    names = [sql.Identifier(name) for name in facets]
    whole = sql.SQL(_KINDS).format(
        facets=sql.SQL("").join(sql.SQL("{}, ").format(name) for name in names),
        found=sql.SQL(statement),
        groups=sql.SQL("GROUP BY {}").format(sql.SQL(", ").join(names)) if names else sql.SQL(""),
    )
    with connection.cursor() as cursor:
        cursor.execute(whole, values)
        kinds = cursor.fetchall()
    divided = {name: _by_value(kinds, place) for place, name in enumerate(facets)}
    return Tally(
        sum(kind[-1] for kind in kinds), {name: counts for name, counts in divided.items() if counts}
    )


def _by_value(kinds: list[tuple[Any, ...]], place: int) -> dict[str, int]:
    """How many entries have each value of one facet; an entry with several formats or tags has each of them."""
    counts: Counter[str] = Counter()
    for kind in kinds:
        held = kind[place]
        for value in held if isinstance(held, list) else [held]:
            counts[value] += kind[-1]
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
