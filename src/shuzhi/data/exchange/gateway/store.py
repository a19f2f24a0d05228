"""The gateway's SQL: a handful of statements a batch, whatever the number of calls in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shuzhi.data.exchange.gateway.kinds.kind import Kind, Question, Rows
from shuzhi.data.exchange.gateway.scopes import at_time, compile_scope
from shuzhi.data.exchange.gateway.terms import Grant, Sender, read_terms, sandboxed
from shuzhi.data.exchange.gateway.wire import Statement
from shuzhi.pillars.security import blocks
from shuzhi.pillars.security.types import Grade

OFFICE, PURPOSE = 6, 7  # where a row of `GRANTS` holds the caller's office and what it calls for

# Options of connections. What calls claim is committed without waiting for the disk; a later transaction that waits
# takes it along. See `recorder`.
QUICK = "-c synchronous_commit=off"
# What takes long takes one core of the database at most: the others are for the calls that are quick.
HEAVY = f"{QUICK} -c max_parallel_workers_per_gather=0"

# Statements that are sent together are one transaction; only one that is to stay open is begun.
BEGIN: Statement = ("BEGIN", ())
WAIT_FOR_DISK: Statement = ("SET LOCAL synchronous_commit = on", ())
COMMIT: Statement = ("COMMIT", ())
ROLLBACK: Statement = ("ROLLBACK", ())

# One row at least, so that the version is known when no key is.
GRANTS = """
SELECT v.version, c.key_id, c.sealed_secret, c.public_key, c.revoked_at IS NULL, s.id, s.status, s.office, s.purpose,
       s.basis, s.since, s.until, s.daily_quota, s.clearance, s.fields, i.id, i.status,
       COALESCE(f.terms, i.terms)::text, s.sandbox, s.rows::text, s.ground::text, s.certificates, i.owner, c.node::text
FROM exchange_version v
LEFT JOIN (
    exchange_credential c
    JOIN exchange_subscription s ON s.id = c.subscription_id
    JOIN exchange_interface i ON i.id = s.interface_id
    LEFT JOIN exchange_formerversion f ON f.interface_id = s.interface_id AND f.version = s.version
) ON c.key_id = ANY($1)
"""

WRITE_BLOCK = "INSERT INTO security_auditblock (at, count, entries) VALUES ($1, $2, $3)"


def ask_for_grants(keys: Collection[str]) -> Statement:
    """What these keys are good for."""
    return GRANTS, [list(keys)]


def read_grants(rows: Rows) -> tuple[int, dict[str, Grant]]:
    """The version at which the keys were read, and what they are good for."""
    return rows[0][0], {row[1]: _grant(row[1:]) for row in rows if row[1] is not None}


def look_up(kind: Kind, questions: Sequence[Question]) -> Statement:
    """A kind's statement for all its questions; either all of them have a scope or none has."""
    if kind.SCOPED is None or questions[0].grant.scope is None:
        return kind.STATEMENT, kind.values(questions)
    return kind.SCOPED, [*kind.values(questions), [_scope(question) for question in questions]]


def _scope(question: Question) -> str | None:
    scope = question.grant.scope
    return scope and (at_time(scope, question.at) if question.grant.terms.topics else scope)


def by_place(rows: Rows, questions: int) -> list[list[tuple[Any, ...]]]:
    """Each question's rows, without their place."""
    found: list[list[tuple[Any, ...]]] = [[] for _ in range(questions)]
    for row in rows:
        found[row[0]].append(row[1:])
    return found


def write_audit(at: datetime, lines: Sequence[bytes]) -> list[Statement]:
    """Write entries, each as its canonical bytes, in blocks; they stand when the transaction has committed."""
    return [
        (WRITE_BLOCK, blocks.row_of_lines(at, lines[first : first + blocks.MOST]))
        for first in range(0, len(lines), blocks.MOST)
    ]


def _grant(row: Sequence[Any]) -> Grant:
    *facts, clearance, fields, interface, status, told, sandbox, rows, ground, certificates, owner, node = row
    terms = sandboxed(told) if sandbox else read_terms(told)
    # The made-up rows of a sandbox are nobody's.
    scope = (
        None
        if sandbox
        else compile_scope(
            terms, office=row[OFFICE], purpose=row[PURPOSE], rows=_json(rows), ground=_json(ground)
        )
    )
    values = (*facts, Grade(clearance), tuple(fields), interface, status, terms, sandbox, scope)
    values = (*values, tuple(certificates), owner, msgspec.json.decode(node, type=Sender) if node else None)
    return Grant(*values)


def _json(text: str | None) -> dict[str, Any] | None:
    return msgspec.json.decode(text) if text else None
