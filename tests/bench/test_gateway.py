"""What a decided call costs, against a bare query of the same rows by the same driver in the same run.

Each call is complete: signature, key, nonce, subscription, period, purpose, rate, quota, parameter, masks,
and an audit entry that has committed before the answer leaves. The test database runs without fsync, for both.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

IN_FLIGHT = 32
SECONDS = 4.0
ROUNDS = 3

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("transactional_db")]


def test_calls_a_second_against_a_bare_select():
    from tests.unit.data.exchange import world as worlds

    built = worlds.build_world()
    credential = worlds.subscribe(daily_quota=10_000)
    _lift_quota(credential.subscription)

    samples = [asyncio.run(_measure(credential)) for _ in range(ROUNDS)]

    print(f"\n{'calls/s':>10} {'select/s':>10} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8}")  # noqa: T201 - the figures are the result
    for calls, selects, p50, p99 in samples:
        print(f"{calls:10.0f} {selects:10.0f} {calls / selects:7.3f} {p50:8.2f} {p99:8.2f}")  # noqa: T201 - the figures are the result
    assert built.record.key_id
    assert max(calls / selects for calls, selects, _, _ in samples) > 0.05


def _lift_quota(subscription: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_subscription SET daily_quota = 100000000 WHERE id = %s", [subscription]
        )


async def _measure(credential) -> tuple[float, float, float, float]:
    selects = await _bare_selects()
    calls, times = await _gateway_calls(credential)
    times.sort()
    return calls, selects, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000


async def _bare_selects() -> float:
    """The point query alone: 32 tasks over as many connections as the gateway has."""
    from psycopg_pool import AsyncConnectionPool
    from tests.unit.data.exchange import world as worlds
    from tests.unit.data.exchange.calling import gateway_url

    query = (
        "SELECT e.golden FROM registers_identifier r JOIN registers_entity e ON e.id = r.entity_id"
        " WHERE r.register = 'legal-entity' AND r.scheme = 'uscc' AND r.value = %s"
    )
    done = 0
    options = {"autocommit": True, "prepare_threshold": 1}
    async with AsyncConnectionPool(gateway_url(), min_size=3, max_size=3, open=False, kwargs=options) as pool:
        until = time.perf_counter() + SECONDS

        async def ask() -> None:
            nonlocal done
            while time.perf_counter() < until:
                async with pool.connection() as connection:
                    await (await connection.execute(query, [worlds.USCC])).fetchone()
                done += 1

        await asyncio.gather(*(ask() for _ in range(IN_FLIGHT)))
    return done / SECONDS


async def _gateway_calls(credential) -> tuple[float, list[float]]:
    from tests.unit.data.exchange import world as worlds
    from tests.unit.data.exchange.calling import Asked, Clock, counter_at

    clock = Clock()
    gateway = counter_at(clock).made()
    times: list[float] = []
    signing_seconds = 0.0
    await gateway.desk.open()
    begun = time.perf_counter()

    async def call() -> None:
        nonlocal signing_seconds
        while time.perf_counter() < begun + SECONDS:
            start = time.perf_counter()
            parts = Asked(credential, {"uscc": worlds.USCC}).parts()
            sent = time.perf_counter()
            signing_seconds += sent - start
            status, _, _ = await gateway.handle(*parts)
            times.append(time.perf_counter() - sent)
            # The test's clock stands; moving it fills the token bucket as real time would.
            clock.at += timedelta(microseconds=100)
            assert status == 200

    await asyncio.gather(*(call() for _ in range(IN_FLIGHT)))
    # Signing is the caller's work; here both share one thread, so its time is taken off.
    seconds = time.perf_counter() - begun - signing_seconds
    await gateway.desk.close()
    return len(times) / seconds, times
