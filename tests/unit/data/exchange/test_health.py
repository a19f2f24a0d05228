"""How interfaces do: counted from the audit log, and promises judged by it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.world import AT, OFFICER, USCC

from shuzhi.data.exchange import health, models, services
from shuzhi.data.exchange.health import Health

HOUR = AT.replace(minute=0)


def counted(at=AT, **changes):
    health.count_hours(at=at)
    return health.health_between(HOUR, HOUR + timedelta(hours=1), **changes)


def test_counts_answers_and_refusals_by_rule_and_how_long_they_took(world, counter):
    ok = [Asked(world.record, {"uscc": USCC}) for _ in range(9)]
    bad = [Asked(world.record, {"uscc": "123"}), Asked(world.record, {"uscc": USCC}, interface="firm-exists")]
    counter.send(*ok, *bad)

    found = counted()["firm-by-uscc"]

    assert (found.answered, found.refusals) == (9, {"parameters": 1})
    assert (found.calls, found.lost, found.availability) == (10, 0, 100)
    assert 0 < found.within_ms(0.5) <= found.within_ms(0.95) < 60_000
    assert counted()["firm-exists"].refusals == {"subscription": 1}
    assert counted()["firm-by-uscc"].calls == 10  # counting again changes nothing


def test_refusals_written_as_one_count_as_many(world, counter):
    counter.send(*(Asked(world.record, {"uscc": USCC}, interface="firm-exists") for _ in range(50)))
    found = counted()
    total = sum(found[name].refusals["subscription"] for name in found)
    assert total == 50


def test_sandbox_calls_do_not_count(world, counter):
    key = services.issue_sandbox_key(interface="firm-by-uscc", office="taxation", by=OFFICER, at=AT)
    counter.one(key)
    assert "firm-by-uscc" not in counted()


def test_a_strangers_targets_make_no_rows(world, counter):
    counter.send(*(Asked(world.record, {}, interface=f"made-up-{n}") for n in range(5)))
    counted()
    assert models.HourOfCalls.objects.filter(interface__startswith="made-up").count() == 0


class TestPromises:
    @pytest.fixture
    def promised(self, world):
        worlds.install_interface(
            worlds.declare_interface(promise={"availability": 99, "p95_ms": 100, "hours": "working"})
        )

    def put(self, hour, answered=100, lost=0, length=40):
        models.HourOfCalls.objects.create(
            interface="firm-by-uscc",
            hour=hour,
            answered=answered,
            refusals={"service": lost, "quota": 5},
            lengths={str(length): answered},
        )

    def verdict(self, month=date(2026, 3, 15)):
        (found,) = health.verdicts(month)
        return found

    def test_is_kept(self, promised):
        self.put(HOUR)
        assert (self.verdict().kept, self.verdict().owner) == (True, "market-regulation")

    def test_is_missed_by_losses_or_by_slowness(self, promised):
        self.put(HOUR, lost=3)
        assert (self.verdict().available, self.verdict().kept) == (False, False)
        models.HourOfCalls.objects.all().delete()
        self.put(HOUR, length=70)  # 185 ms
        assert (self.verdict().available, self.verdict().quick, self.verdict().kept) == (True, False, False)

    def test_counts_its_own_hours_and_month_only(self, promised):
        self.put(HOUR)
        self.put(datetime(2026, 3, 2, 14, tzinfo=UTC), lost=1000)  # ten at night in China
        self.put(datetime(2026, 3, 7, 3, tzinfo=UTC), lost=1000)  # a Saturday
        self.put(datetime(2026, 2, 27, 3, tzinfo=UTC), lost=1000)  # a Friday of the month before
        assert self.verdict().kept is True
        assert self.verdict(date(2026, 2, 1)).kept is False

    def test_without_calls_nothing_is_judged(self, promised):
        assert self.verdict().kept is None


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=60), st.sampled_from([0.5, 0.95, 1.0]))
def test_the_time_that_a_share_keeps_to_is_close(took, share):
    import math

    lengths = Counter(math.ceil(4 * math.log2(max(one, 1))) for one in took)
    found = Health("x", lengths=lengths).within_ms(share)
    true = sorted(took)[math.ceil(len(took) * share) - 1] / 1000
    assert true * 0.999 <= found <= true * 1.2 + 0.001
