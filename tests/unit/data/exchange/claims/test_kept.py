"""Claims in memory, with a real database: restarts, other gateways, and what pages are told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from structlog.testing import capture_logs
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, Clock, counter_at, gateway_url, kept, rows
from tests.unit.data.exchange.following import FOLLOW
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, USCC

from shuzhi.data.exchange import models, services
from shuzhi.data.exchange.gateway.claims import sql
from shuzhi.data.exchange.gateway.claims.claim import Superseded
from shuzhi.data.exchange.gateway.claims.memory import Memory
from shuzhi.data.exchange.gateway.claims.rows import RowClaims
from shuzhi.data.exchange.gateway.desk import AuditMode
from shuzhi.data.exchange.gateway.kinds import aggregate
from shuzhi.foundation.clock import day_of

COUNTS = {
    "interface": "firm-counts",
    "kind": "aggregate",
    "by": [],
    "fields": [],
    "group_by": ["address"],
    "clearance": "L3",
    "provenance": False,
}


@pytest.fixture
def world(shared_world):
    return shared_world


def one_gateway():
    return counter_at(Clock(), claims=kept())


def calls_of(credential) -> int:
    rows = models.DailyCount.objects.filter(subscription=credential.subscription, day=day_of(AT))
    return sum(row.calls for row in rows)


class TestRestart:
    """Each counter is a gateway with a memory of its own: the one before has ended."""

    def test_a_nonce_is_used_once_before_and_after(self, world):
        asked = Asked(world.record, {"uscc": USCC})
        refused = replace(asked, nonce="a-nonce-of-a-refused-call", parameters={"uscc": "x"})
        again = replace(asked, nonce="a-nonce-to-be-used-again")
        assert [reply.rule for reply in one_gateway().send(again, refused)] == [None, "parameters"]

        assert [reply.rule for reply in one_gateway().send(again, refused)] == ["nonce", "nonce"]

    def test_a_quota_goes_on(self, world):
        credential = worlds.subscribe(daily_quota=5)
        asked = Asked(credential, {"uscc": USCC})
        assert [reply.rule for reply in one_gateway().send(*[asked] * 3)] == [None] * 3

        after = one_gateway().send(*[asked] * 4)

        assert sorted(reply.rule or "" for reply in after) == ["", "", "quota", "quota"]
        assert calls_of(credential) == 5

    def test_a_fast_gateway_s_too(self, world):
        asked = Asked(world.record, {"uscc": USCC}, nonce="a-nonce-of-the-fast-mode")
        fast = counter_at(Clock(), AuditMode.FAST, kept())
        assert [reply.rule for reply in fast.send(asked)] == [None]
        assert [reply.rule for reply in one_gateway().send(asked)] == ["nonce"]

    def test_what_was_written_and_not_yet_counted_is_counted(self, world):
        credential = worlds.subscribe(daily_quota=5)
        block = {"keeper": 1, "day": day_of(AT), "nonces": b"", "counted": False}
        models.ClaimBlock.objects.create(at=AT, subscriptions=[credential.subscription] * 4, **block)

        replies = one_gateway().send(*[Asked(credential, {"uscc": USCC})] * 2)

        assert sorted(reply.rule or "" for reply in replies) == ["", "quota"]
        assert calls_of(credential) == 5

    def test_from_memory_to_rows_and_back(self, world):
        first, second, third = (
            Asked(world.record, {"uscc": USCC}, nonce=f"a-nonce-on-its-way-{n}") for n in range(3)
        )
        in_rows = counter_at(Clock(), claims=lambda: RowClaims(takes_over=True))

        assert [reply.rule for reply in one_gateway().send(first)] == [None]
        assert [reply.rule for reply in in_rows.send(first, second)] == ["nonce", None]
        assert [reply.rule for reply in one_gateway().send(first, second, third)] == ["nonce", "nonce", None]

    def test_nonces_of_long_ago_are_not_read_and_are_swept(self, world):
        counter = one_gateway()
        counter.send(Asked(world.record, {"uscc": USCC}))
        assert models.ClaimBlock.objects.filter(at__lte=AT, counted=True).exists()
        services.forget_nonces(at=AT + timedelta(hours=1))
        assert not models.ClaimBlock.objects.filter(at__lte=AT).exists()


class TestOtherGateways:
    def test_the_one_that_began_last_decides_and_the_other_nothing_any_more(self, world):
        asked = Asked(world.record, {"uscc": USCC})
        before, after = one_gateway(), one_gateway()
        assert before.send(asked)[0].status == 200
        assert after.send(asked)[0].status == 200

        refused = before.send(asked)[0]

        assert (refused.status, refused.rule) == (503, "service")
        assert after.send(asked)[0].status == 200

    def test_it_is_not_ready_either(self, world):
        before = one_gateway()
        before.send(Asked(world.record, {"uscc": USCC}))
        one_gateway().send(Asked(world.record, {"uscc": USCC}))

        async def ping() -> None:
            gateway = before.made()
            try:
                await gateway.desk.ping()
            finally:
                await gateway.desk.close()

        with pytest.raises(Superseded):
            asyncio.run(ping())

    @pytest.mark.parametrize(
        ("mode", "status", "entries"), [(AuditMode.DURABLE, 503, 0), (AuditMode.FAST, 200, 1)]
    )
    def test_one_that_begins_between_the_claim_and_its_block(self, world, mode, status, entries):
        """The block is refused, and so in the durable mode the answer; an answer that has left stays in the log."""
        credential = worlds.subscribe()
        gateway = counter_at(Clock(), mode, kept()).made()

        async def story() -> int:
            await gateway.desk.open()
            wire = gateway.desk._recorder._wire
            run = wire.run

            async def late(*statements):
                with psycopg.connect(gateway_url(), autocommit=True) as other:
                    other.execute("UPDATE exchange_version SET keeper = keeper + 1")
                return await run(*statements)

            wire.run = late
            try:
                reply, _, _ = await gateway.handle(*Asked(credential, {"uscc": USCC}).parts())
                await asyncio.sleep(0.5)
            finally:
                await gateway.desk.close()
            return reply

        assert asyncio.run(story()) == status
        assert (
            len([row for row in audit_rows("exchange.called") if row["key"] == credential.key_id]) == entries
        )
        assert calls_of(credential) == 0

    def test_one_that_begins_while_the_block_is_being_written(self, world):
        """The block waits for it, and then sees that it has begun."""
        gateway = one_gateway().made()

        async def story() -> int:
            await gateway.desk.open()
            first, _, _ = await gateway.handle(*Asked(world.record, {"uscc": USCC}).parts())
            assert first == 200
            with psycopg.connect(gateway_url()) as other:
                other.execute(sql.LOCK[0])
                calling = asyncio.create_task(gateway.handle(*Asked(world.record, {"uscc": USCC}).parts()))
                await asyncio.sleep(0.5)
                assert not calling.done()
                other.execute("UPDATE exchange_version SET keeper = keeper + 1")
            status, _, _ = await calling
            await gateway.desk.close()
            return status

        assert asyncio.run(story()) == 503

    def test_gateways_in_rows_stop_for_one_in_memory(self, world):
        asked = Asked(world.record, {"uscc": USCC})
        claims = RowClaims(takes_over=True)
        in_rows = counter_at(Clock(), claims=lambda: claims)
        assert in_rows.send(asked)[0].status == 200
        assert one_gateway().send(asked)[0].status == 200
        assert in_rows.send(asked)[0].rule == "service"
        assert counter_at(Clock(), claims=rows).send(asked)[0].status == 200  # takes nothing over


class TestBatches:
    def test_a_batch_that_fails_after_its_claim_is_decided_anew_by_what_it_claimed(self, world, monkeypatch):
        worlds.install_interface(worlds.declare_interface(**COUNTS))
        credential, tried = worlds.subscribe("firm-counts", daily_quota=6), []
        values = aggregate.values

        def spoil(questions):
            tried.append(len(questions))
            if len(questions) > 1:
                raise RuntimeError
            return values(questions)

        monkeypatch.setattr(aggregate, "values", spoil)
        gateway = one_gateway()

        replies = gateway.send(*[Asked(credential, {}, interface="firm-counts") for _ in range(6)])

        assert max(tried) > 1
        assert [reply.rule for reply in replies] == [None] * 6
        assert gateway.send(Asked(credential, {}, interface="firm-counts"))[0].rule == "quota"
        assert calls_of(credential) == 6

    def test_no_room_for_a_nonce_refuses_that_call(self, world):
        models.ClaimBlock.objects.all().delete()
        models.Nonce.objects.all().delete()
        small = counter_at(Clock(), claims=kept(Memory(tables=1, slots=16)))
        replies = small.send(*[Asked(world.record, {"uscc": USCC}) for _ in range(12)])
        assert {reply.rule for reply in replies} == {None, "service"}
        assert sum(reply.rule is None for reply in replies) <= 8

    def test_no_room_for_a_subscription_refuses_its_calls(self, world):
        small = counter_at(Clock(), claims=kept(Memory(places=16)))
        keys = [worlds.subscribe() for _ in range(20)]
        with capture_logs() as logged:
            replies = small.send(*[Asked(key, {"uscc": USCC}) for key in keys * 4])  # several batches
        assert sorted(reply.rule or "" for reply in replies) == [""] * 64 + ["service"] * 16
        (told,) = [line for line in logged if line["event"] == "gateway.claims_full"]  # once a minute
        assert "SHUZHI_GATEWAY_CLAIMS=database" in told["advice"]


def test_what_the_worker_counts_too_is_counted_with_it(world):
    worlds.install_interface(worlds.declare_interface(**FOLLOW))
    follower, other = worlds.subscribe("firm-changes", daily_quota=3), worlds.subscribe(daily_quota=3)
    gateway = one_gateway()
    pull = Asked(follower, {}, interface="firm-changes")
    assert [reply.rule for reply in gateway.send(pull, Asked(other, {"uscc": USCC}))] == [None, None]
    models.DailyCount.objects.filter(subscription=follower.subscription).update(calls=2)  # one was pushed

    again = replace(pull, nonce="a-nonce-of-a-follower")
    rules = [reply.rule for reply in gateway.send(again)] + [
        reply.rule for reply in gateway.send(again, pull)
    ]

    assert rules == [None, "nonce", "quota"]
    assert (calls_of(follower), calls_of(other)) == (3, 1)


def test_pages_are_told_within_a_second_or_two(transactional_db):
    worlds.build_world()
    gateway = counter_at(Clock(), claims=kept()).made()
    credential = worlds.subscribe()

    async def story() -> list[int]:
        seen = []
        await gateway.desk.open()
        try:
            for _ in range(3):
                await gateway.handle(*Asked(credential, {"uscc": USCC}).parts())
            for _ in range(100):
                await asyncio.sleep(0.1)
                seen.append(await asyncio.to_thread(count))
                if seen[-1] == 3:
                    break
        finally:
            await gateway.desk.close()
        return seen

    def count() -> int:
        with psycopg.connect(gateway_url()) as line:
            row = line.execute(
                "SELECT COALESCE(sum(calls), 0)::int FROM exchange_dailycount WHERE subscription_id = %s",
                [credential.subscription],
            ).fetchone()
        return row[0] if row else 0

    assert asyncio.run(story())[-1] == 3
