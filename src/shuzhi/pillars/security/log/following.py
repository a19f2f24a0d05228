"""Following the log (跟读): every sealed entry once, in the order of the log, in bounded pieces.

By place, not by id: an entry's id is given before it commits, so whoever remembers the highest id misses what commits
later with a lower one. Places are given to committed entries only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

_RUNS = """
SELECT first, count, entry, block FROM security_auditrun
WHERE first + count > %s ORDER BY first LIMIT 2000
"""
_COLUMNS = """
SELECT %s::bigint + {offset}, e.id, e.at, e.action, e.actor, e.office, e.target, e.purpose, e.outcome,
       e.facts ->> 'rule', e.facts ->> 'rows'
FROM security_auditentry e
"""
_ENTRIES = (
    _COLUMNS.format(offset="e.id - %s") + "WHERE e.id BETWEEN %s AND %s AND e.block IS NULL ORDER BY e.id"
)
_BLOCK = _COLUMNS.format(offset="e.place") + "WHERE e.block = %s AND e.place >= %s ORDER BY e.place"


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry as whoever looks for patterns needs it."""

    place: int
    id: int
    at: datetime
    action: str
    actor: str
    office: str | None
    target: str
    purpose: str | None
    outcome: str
    rule: str | None
    rows: str | None


def following(*, after: int, most: int = 20_000) -> list[Followed]:
    """Up to about `most` sealed entries from place `after` on; fewer where a block is not unfolded yet."""
    found: list[Followed] = []
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [after])
        for first, count, entry, block in cursor.fetchall():
            past = max(after - first, 0)
            if block is None:
                end = entry + min(count, past + most - len(found)) - 1
                cursor.execute(_ENTRIES, [first, entry, entry + past, end])
                wanted = end - entry - past + 1
            else:
                cursor.execute(_BLOCK, [first, block, past])
                wanted = count - past
            rows: list[Any] = cursor.fetchall()
            found.extend(Followed(*row) for row in rows)
            if len(rows) < wanted or len(found) >= most:
                break
    return found
