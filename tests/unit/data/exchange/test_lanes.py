"""A call by key does not wait for aggregates over a big register, nor do those lose anything by it."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from django.db import connection
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, Clock, counter_at

RECORDS = 60_000
CALLS = 200
COUNTS = worlds.BY_USCC | {
    "interface": "firm-counts",
    "kind": "aggregate",
    "by": [],
    "group_by": ["address"],
    "sums": ["phone"],
    "fields": [],
    "clearance": "L3",
    "provenance": False,
}
MANY = """
INSERT INTO registers_entity (id, register, label, label_sort, golden, provenance, updated_at)
SELECT 'm-' || n, 'legal-entity', 'x', 'x', jsonb_build_object('address', (n %% 40)::text, 'phone', n::text), '{}', now()
FROM generate_series(1, %s) n
"""


@pytest.fixture
def keys(world):
    worlds.install_interface(worlds.declare_interface(**COUNTS))
    with connection.cursor() as cursor:
        cursor.execute(MANY, [RECORDS])
    return world.record, worlds.subscribe("firm-counts")


async def timed(gateway, *parts):
    begun = time.perf_counter()
    status, _, body = await gateway.handle(*parts)
    return status, time.perf_counter() - begun, json.loads(body)


async def call_both(gateway, record, counts):
    """By-key calls one after the other, for as long as four callers ask for aggregates without a pause."""
    heavy, enough = [], asyncio.Event()

    async def count():
        while not enough.is_set():
            heavy.append(await timed(gateway, *Asked(counts, {}, interface="firm-counts").parts()))

    await gateway.desk.open()
    counting = [asyncio.create_task(count()) for _ in range(4)]
    quick = [
        await timed(gateway, *Asked(record, {"uscc": worlds.USCC}).parts())
        for _ in range(CALLS)
        if await asyncio.sleep(0.005) is None
    ]
    enough.set()
    await asyncio.gather(*counting)
    await gateway.desk.close()
    return quick, heavy


def test_by_key_calls_do_not_wait_for_aggregates(keys):
    record, counts = keys

    quick, heavy = asyncio.run(call_both(counter_at(Clock()).made(), record, counts))

    assert {status for status, _, _ in (*quick, *heavy)} == {200}
    assert {group["records"] for group in heavy[0][2]["data"]} == {RECORDS // 40}
    ninety_ninth = sorted(seconds for _, seconds, _ in quick)[int(CALLS * 0.99) - 1]
    shortest = min(seconds for _, seconds, _ in heavy)
    assert ninety_ninth < shortest / 2, (ninety_ninth, shortest)


def test_a_batch_of_both_lanes_is_answered_whole_and_each_audited_once(world, counter):
    from tests.unit.data.exchange.test_decision import audit_rows

    worlds.install_interface(worlds.declare_interface(**COUNTS))
    counts = worlds.subscribe("firm-counts")
    calls = [Asked(world.record, {"uscc": worlds.USCC}) for _ in range(5)]
    calls += [Asked(counts, {}, interface="firm-counts") for _ in range(5)]
    repeated = Asked(counts, {}, interface="firm-counts").parts()

    replies = counter.send(*calls, repeated, repeated)

    assert [reply.status for reply in replies] == [200] * 11 + [401]
    assert replies[-1].rule == "nonce"
    noted = [row["request"] for row in audit_rows("exchange.called")]
    assert sorted(noted) == sorted(reply.content["request_id"] for reply in replies[:-1])
