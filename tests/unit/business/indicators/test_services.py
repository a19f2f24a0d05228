from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.business.indicators.world import AT, LEADER, PLATFORM

from shuzhi.business.indicators import measures, models, queries, services
from shuzhi.business.indicators.errors import NoSuchIndicator
from shuzhi.business.indicators.types import Count
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.errors import Forbidden

ITEMS = st.frozensets(
    st.sampled_from([f"dataset/d{n}" for n in range(12)] + [f"dossier/{n}" for n in range(12)])
)


@pytest.fixture
def measured(indicators, monkeypatch):
    """Makes K12 measure what a test says."""

    def measure(count: Count) -> None:
        monkeypatch.setitem(measures.MEASURES, "catalogued", lambda day: count)

    return measure


def count(above: int, below: int) -> Count:
    every = [f"dataset/d{n:03}" for n in range(below)]
    return Count(frozenset(every[:above]), frozenset(every))


class TestCompute:
    def test_keeps_value_and_entries(self, measured):
        measured(count(2, 3))

        value = services.compute(indicator="K12", by=PLATFORM, at=AT)

        assert (value.numerator, value.denominator, value.value) == (2, 3, Decimal("0.666667"))
        opened = queries.opened("K12")
        assert opened.counted == ["dataset/d000", "dataset/d001"]
        assert opened.missing == ["dataset/d002"]

    def test_nothing_of_nothing_is_no_share(self, measured):
        measured(count(0, 0))

        assert services.compute(indicator="K12", by=PLATFORM, at=AT).value is None

    def test_the_days_last_value_stays(self, measured):
        measured(count(1, 3))
        services.compute(indicator="K12", by=PLATFORM, at=AT)
        measured(count(3, 3))
        services.compute(indicator="K12", by=PLATFORM, at=AT + timedelta(hours=2))

        assert [value.numerator for value in queries.trend("K12")] == [3]

    def test_a_past_day_keeps_its_value(self, measured):
        measured(count(1, 3))
        services.compute(indicator="K12", by=PLATFORM, at=AT)
        measured(count(3, 3))
        services.compute(indicator="K12", by=PLATFORM, at=AT + timedelta(days=1))

        assert queries.latest_values(day=day_of(AT))["K12"].numerator == 1
        assert queries.latest_values()["K12"].numerator == 3
        assert queries.opened("K12", day=day_of(AT)).value.numerator == 1
        assert queries.kept_days() == [day_of(AT), day_of(AT) + timedelta(days=1)]

    def test_dossiers_stand_in_the_order_of_their_numbers(self, measured):
        numbers = frozenset({"dossier/9", "dossier/10", "dossier/100"})
        measured(Count(numbers, numbers))
        services.compute(indicator="K12", by=PLATFORM, at=AT)

        assert queries.opened("K12").counted == ["dossier/9", "dossier/10", "dossier/100"]

    def test_a_leader_reads_but_does_not_compute(self, indicators):
        with pytest.raises(Forbidden):
            services.compute_all(by=LEADER, at=AT)

    def test_an_unknown_one_is_refused(self, indicators):
        with pytest.raises(NoSuchIndicator):
            services.compute(indicator="K99", by=PLATFORM, at=AT)

    def test_all_on_an_empty_platform(self, indicators):
        values = services.compute_all(by=PLATFORM, at=AT)

        assert [value.indicator for value in values] == [
            "DELETIONS-IN-TIME",
            "K03",
            "K12",
            "K13",
            "K14",
            "K15",
            "K16",
        ]
        assert {value.value for value in values} == {None}


class TestQueries:
    @pytest.mark.parametrize("days", [1, 9])
    def test_trends_cost_one_statement(self, measured, days):
        measured(count(1, 3))
        for back in range(days):
            services.compute_all(by=PLATFORM, at=AT - timedelta(days=back))

        with CaptureQueriesContext(connection) as statements:
            found = queries.trends(day=day_of(AT), days=5)

        assert len(statements) == 1
        assert [value.day for value in found["K12"]] == sorted(value.day for value in found["K12"])
        assert len(found["K12"]) == min(days, 5)

    def test_nothing_is_opened_before_the_first_day(self, measured):
        measured(count(1, 3))
        services.compute(indicator="K12", by=PLATFORM, at=AT)

        assert queries.opened("K12", day=day_of(AT) - timedelta(days=1)) is None


@given(met=ITEMS, asked=ITEMS, undecided=ITEMS, late=ITEMS)
def test_k15_never_meets_more_than_it_counts(met, asked, undecided, late):
    """Whatever the exchange answers, even if it contradicts itself."""
    counted = measures.decided_or_late(asked, undecided, late)

    assert met & counted <= counted <= asked
    assert counted.isdisjoint(undecided - late)


@given(above=ITEMS, below=ITEMS)
def test_what_is_counted_and_missing_make_the_whole(above, below):
    kept = services.columns(Count(above & below, below), AT)

    assert kept["numerator"] <= kept["denominator"] == len(kept["counted"]) + len(kept["missing"])
    assert set(kept["counted"]) | set(kept["missing"]) == below
    assert kept["value"] is None or 0 <= kept["value"] <= 1


@given(above=ITEMS, below=ITEMS)
def test_a_count_refuses_what_is_not_in_its_whole(above, below):
    if above <= below:
        assert Count(above, below).numerator == above
    else:
        with pytest.raises(ValueError, match="outside"):
            Count(above, below)


def test_the_pack_is_installed_once(indicators):
    assert models.Indicator.objects.count() == len(indicators) == 7
