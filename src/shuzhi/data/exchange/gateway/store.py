"""The gateway's SQL: five statements a batch, whatever the number of calls, in one transaction.

The fifth is the kind's own; a batch with calls of several kinds has one for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from shuzhi.data.exchange.gateway.kinds.kind import Kind, Question, Rows
from shuzhi.data.exchange.gateway.terms import Grant, read_terms
from shuzhi.pillars.security.canonical import Content
from shuzhi.pillars.security.types import Grade

GRANTS = """
SELECT c.key_id, c.sealed_secret, c.revoked_at IS NULL, s.id, s.status, s.office, s.purpose, s.basis,
       s.since, s.until, s.daily_quota, s.clearance, s.fields, i.id, i.status, i.terms::text
FROM exchange_credential c
JOIN exchange_subscription s ON s.id = c.subscription_id
JOIN exchange_interface i ON i.id = s.interface_id
WHERE c.key_id = ANY(%s)
"""

# Sorted, so that two batches that meet wait for each other instead of locking each other out.
CLAIM_NONCES = """
INSERT INTO exchange_nonce (key_id, nonce, seen_at)
SELECT key_id, nonce, %s FROM unnest(%s::text[], %s::text[]) AS n (key_id, nonce) ORDER BY 1, 2
ON CONFLICT DO NOTHING RETURNING key_id, nonce
"""

# `taken` says how many of the wanted calls still fitted under the quota.
TAKE_QUOTA = """
INSERT INTO exchange_dailycount AS c (subscription_id, day, calls, taken)
SELECT subscription, %(day)s, LEAST(quota, wanted), LEAST(quota, wanted)
FROM unnest(%(subscriptions)s::bigint[], %(quotas)s::int[], %(wanted)s::int[]) AS w (subscription, quota, wanted)
ORDER BY subscription
ON CONFLICT (subscription_id, day) DO UPDATE SET
    taken = GREATEST(c.calls, LEAST(EXCLUDED.taken + c.calls, {quota})) - c.calls,
    calls = GREATEST(c.calls, LEAST(EXCLUDED.taken + c.calls, {quota}))
RETURNING subscription_id, taken
""".replace("{quota}", "(SELECT s.daily_quota FROM exchange_subscription s WHERE s.id = c.subscription_id)")

WRITE_AUDIT = """
INSERT INTO security_auditentry
    (at, action, target, actor, office, purpose, basis, outcome, facts, digest)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                     %s::text[], %s::jsonb[], %s::text[])
"""


class Unit:
    """One transaction's worth of questions."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        """Work on a connection whose transaction is open."""
        self._connection = connection

    async def grants(self, keys: Collection[str]) -> dict[str, Grant]:
        """What the keys are good for, as it stands in the database now: nothing is remembered."""
        rows = await self._rows(GRANTS, [list(keys)])
        return {row[0]: _grant(row) for row in rows}

    async def claim_nonces(self, used: Collection[tuple[str, str]], at: datetime) -> set[tuple[str, str]]:
        """Note nonces as used; returns those that were not before."""
        keys, nonces = zip(*used, strict=True) if used else ((), ())
        rows = await self._rows(CLAIM_NONCES, [at, list(keys), list(nonces)])
        return {(key, nonce) for key, nonce in rows}

    async def take_quota(self, wanted: Mapping[int, tuple[int, int]], day: date) -> dict[int, int]:
        """Count calls against the day's quota: subscription → (quota, wanted) in, subscription → allowed out."""
        values = {
            "day": day,
            "subscriptions": list(wanted),
            "quotas": [quota for quota, _ in wanted.values()],
            "wanted": [number for _, number in wanted.values()],
        }
        return dict(await self._rows(TAKE_QUOTA, values))

    async def look_up(self, kind: Kind, questions: Sequence[Question]) -> list[Rows]:
        """Each question's rows, by one statement."""
        found: list[list[tuple[Any, ...]]] = [[] for _ in questions]
        for place, *row in await self._rows(kind.STATEMENT, kind.values(questions)):
            found[place].append(tuple(row))
        return list(found)

    async def write_audit(self, entries: Sequence[Content]) -> None:
        """Write entries; they stand when the transaction has committed."""
        columns = [
            [getattr(entry, name) for entry in entries]
            for name in ("at", "action", "target", "actor", "office", "purpose", "basis", "outcome")
        ]
        facts = [msgspec.json.encode(entry.facts).decode() for entry in entries]
        await self._connection.execute(WRITE_AUDIT, [*columns, facts, [entry.digest for entry in entries]])

    async def _rows(self, sql: str, values: Any) -> list[Any]:
        cursor = await self._connection.execute(sql, values)
        return await cursor.fetchall()


class Store:
    """A small pool of connections in the gateway's own role."""

    def __init__(self, url: str, *, connections: int) -> None:
        """Prepare the pool; `open` connects."""
        options = {
            "application_name": "shuzhi-gateway",
            "options": "-c statement_timeout=10000",
            "prepare_threshold": 2,
        }
        self._pool = AsyncConnectionPool(
            url, min_size=1, max_size=connections, open=False, timeout=5, kwargs=options, name="gateway"
        )

    async def open(self) -> None:
        """Start connecting; a database that is not there yet is tried again by itself."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Unit]:
        """One transaction, committed at the end of the block."""
        async with self._pool.connection() as connection, connection.transaction():
            yield Unit(connection)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self._pool.connection(timeout=2) as connection:
            await connection.execute("SELECT 1")


def _grant(row: Any) -> Grant:
    names = Grant.__struct_fields__
    facts = dict(zip(names, row, strict=True))
    facts |= {
        "clearance": Grade(facts["clearance"]),
        "fields": tuple(facts["fields"]),
        "terms": read_terms(facts["terms"]),
    }
    return Grant(**facts)
