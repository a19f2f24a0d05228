"""The gateway's SQL: a handful of statements a batch, whatever the number of calls in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from shuzhi.data.exchange.gateway.arrays import plain
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

# A subscription has a row for the day before its first call of that day is counted. The token bucket goes on from the
# day before: midnight fills none.
OPEN_DAY = """
INSERT INTO exchange_dailycount (subscription_id, day, calls, busy_until)
SELECT s, $1::date, 0, COALESCE((
    SELECT c.busy_until FROM exchange_dailycount c WHERE c.subscription_id = s AND c.day < $1::date
    ORDER BY c.day DESC LIMIT 1
), 0) FROM unnest($2::bigint[]) s ORDER BY s ON CONFLICT DO NOTHING
"""

# All that calls share, in one statement. Nothing happens when the version is no longer the one they were judged by.
# Rows are taken in order, so that two batches that meet wait for each other instead of locking each other out.
# The token bucket: `busy` is when all tokens taken will have flowed in again; what lies between now and then is
# missing in the burst. `met` calls keep to the rate, `taken` of them to the quota as well.
CLAIM = """
WITH asked AS (
    SELECT n.mark, n.subscription
    FROM exchange_version v CROSS JOIN unnest($5::uuid[], $6::bigint[]) AS n (mark, subscription)
    WHERE v.version = $1::bigint
), fresh AS (
    INSERT INTO exchange_nonce (mark, seen_at) SELECT mark, $4::timestamptz FROM asked ORDER BY mark
    ON CONFLICT DO NOTHING RETURNING mark
), wanted AS (
    SELECT subscription, count(*) AS calls FROM asked JOIN fresh USING (mark)
    WHERE subscription IS NOT NULL GROUP BY subscription
), held AS (
    SELECT c.id, c.calls, GREATEST(c.busy_until, $3::float8) AS busy,
           w.subscription, w.calls AS wanted, l.quota, l.per_second, l.burst
    FROM wanted w
    JOIN unnest($7::bigint[], $8::int[], $9::float8[], $10::int[]) AS l (subscription, quota, per_second, burst)
         USING (subscription)
    JOIN exchange_dailycount c ON c.subscription_id = w.subscription AND c.day = $2::date
    ORDER BY w.subscription FOR UPDATE OF c
), metered AS (
    SELECT *, LEAST(wanted, GREATEST(0, floor(burst - (busy - $3) * per_second + 0.01)))::int AS met FROM held
), counted AS (
    SELECT *, GREATEST(0, LEAST(met, quota - calls)) AS taken FROM metered
), written AS (
    UPDATE exchange_dailycount c SET calls = n.calls + n.taken, busy_until = n.busy + n.met / n.per_second
    FROM counted n WHERE c.id = n.id
)
SELECT (SELECT version FROM exchange_version),
       (SELECT array_agg(mark::text) FROM asked WHERE mark NOT IN (SELECT mark FROM fresh)),
       array_agg(subscription), array_agg(met), array_agg(taken)
FROM counted
"""

WRITE_BLOCK = "INSERT INTO security_auditblock (at, count, entries) VALUES ($1, $2, $3)"


class Claim(NamedTuple):
    """What calls were given: nonces (as marks) that were used before, and for each subscription how many of its
    calls keep to the rate and how many of those to the quota.
    """

    version: int
    replayed: frozenset[str]
    met: Mapping[int, int]
    taken: Mapping[int, int]


def ask_for_grants(keys: Collection[str]) -> Statement:
    """What these keys are good for."""
    return GRANTS, [list(keys)]


def read_grants(rows: Rows) -> tuple[int, dict[str, Grant]]:
    """The version at which the keys were read, and what they are good for."""
    return rows[0][0], {row[1]: _grant(row[1:]) for row in rows if row[1] is not None}


def open_day(day: date, subscriptions: Collection[int]) -> Statement:
    """Have a row for each subscription to count in."""
    return OPEN_DAY, [day, list(subscriptions)]


def claim(
    *, version: int, day: date, at: datetime, nonces: Mapping[str, int | None], limits: Mapping[int, Grant]
) -> Statement:
    """Claim nonces (marks, with the subscription for which the call counts) within rate and quota."""
    grants = limits.values()
    return CLAIM, [
        version,
        day,
        at.timestamp(),
        at,
        plain(nonces),
        plain(nonces.values()),
        plain(limits),
        plain(grant.daily_quota for grant in grants),
        plain(grant.terms.per_second for grant in grants),
        plain(grant.terms.burst for grant in grants),
    ]


def read_claim(rows: Rows) -> Claim:
    """What was given."""
    version, replayed, subscriptions, met, taken = rows[0]
    numbers = subscriptions or ()
    return Claim(
        version,
        frozenset(mark.replace("-", "") for mark in replayed or ()),
        dict(zip(numbers, met or (), strict=True)),
        dict(zip(numbers, taken or (), strict=True)),
    )


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
