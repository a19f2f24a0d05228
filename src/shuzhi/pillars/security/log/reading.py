"""Stored entries as the bytes that the log proves; over Django's connection or a plain one of psycopg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

# Times and references come as the texts that the canonical form is made of: turning them to and fro would be a third of
# the work. What names a row stands last.
_COLUMNS = """
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), action, target, actor, office, purpose,
       basis, outcome, facts::text, array_to_json(subjects)::text, digest"""
BY_ID = f"{_COLUMNS}, id FROM security_auditentry WHERE block IS NULL AND id = ANY(%s)"
BY_BLOCK = f"{_COLUMNS}, block, place FROM security_auditentry WHERE block = ANY(%s)"
CONTENT, DIGEST, NAMES = slice(0, 10), 10, slice(11, None)

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="deterministic").encode


class _Content(msgspec.Struct, gc=False):
    """An entry in the order of its canonical form; the same as `canonical.canonical_bytes`, written by one call."""

    action: Any
    actor: Any
    at: Any
    basis: Any
    facts: Any
    office: Any
    outcome: Any
    purpose: Any
    subjects: Any
    target: Any


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
    """The canonical bytes of a row of `BY_ID` or `BY_BLOCK`; for one that somebody damaged, bytes that fit nothing."""
    at, action, target, actor, office, purpose, basis, outcome, facts, subjects = row[CONTENT]
    try:
        about = (_decode(subjects) if subjects else None) or msgspec.UNSET
        told = None if facts is None else _decode(facts)
        return _encode(_Content(action, actor, at, basis, told, office, outcome, purpose, about, target))
    except ValueError:
        return b""
