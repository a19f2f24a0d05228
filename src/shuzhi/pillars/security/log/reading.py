"""Stored entries as the bytes that the log proves; over Django's connection or a plain one of psycopg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from shuzhi.pillars.security.canonical import encode

# Times come as the text that the canonical form has: a third of the work would be turning them to and fro.
BY_ID = """
SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), action, target, actor, office, purpose,
       basis, outcome, facts::text, subjects, digest
FROM security_auditentry WHERE block IS NULL AND id = ANY(%s)
"""
BY_BLOCK = """
SELECT block, place, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), action, target, actor, office, purpose,
       basis, outcome, facts::text, subjects, digest
FROM security_auditentry WHERE block = ANY(%s)
"""

_decode = msgspec.json.Decoder().decode


class Cursor(Protocol):
    """What both kinds of connection offer."""

    def execute(self, query: Any, params: Any = ..., /) -> Any:
        """Run a statement."""

    def fetchall(self) -> list[Any]:
        """All its rows."""


def read(cursor: Cursor, sql: Any, *values: object) -> list[Any]:
    """The rows of one statement."""
    cursor.execute(sql, values)
    return cursor.fetchall()


def bytes_of(row: Sequence[Any]) -> bytes:
    """The canonical bytes of a row, its columns from `at` to `digest`; for one that somebody damaged, bytes that fit nothing."""
    at, action, target, actor, office, purpose, basis, outcome, facts, subjects, _ = row
    content = {
        "action": action,
        "actor": actor,
        "at": at,
        "basis": basis,
        "office": office,
        "outcome": outcome,
        "purpose": purpose,
        "target": target,
    }
    if subjects:
        content["subjects"] = subjects
    try:
        content["facts"] = _decode(facts) if facts is not None else None
        return encode(content)
    except ValueError:
        return b""
