"""Rows by search, filter, sort and page: exact, typed, and deaf to whatever is put into them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.data.opendata import world

from shuzhi.data.opendata import queries
from shuzhi.data.opendata.errors import CannotSort, NoSuchColumn, RowsTooMany
from shuzhi.data.opendata.types import RowQuestion
from shuzhi.foundation.errors import PlatformError

pytestmark = pytest.mark.django_db
CODES = {"m1", "m2", "m3", "m4"}
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "'; DROP TABLE x; --",
            '"name"',
            "name; --",
            "\x00",
            "\ud800",
            "%",
            "_",
            "\\",
            "1e999",
            "NaN",
            "9" * 40,
            "ctid",
            "_text",
        ]
    ),
)


def codes(dataset, **question):
    answer = queries.rows(dataset, RowQuestion(**question))
    return [row["code"] for row in answer.rows]


class TestFilters:
    @pytest.mark.parametrize(
        ("name", "value", "found"),
        [
            ("district", "余杭区", ["m2", "m3"]),
            ("stars", "3", ["m1"]),
            ("stars", "three", []),
            ("area", "80.00", ["m2"]),
            ("rent", "5340000", ["m1"]),
            ("opened", "2020-01-31", ["m2"]),
            ("opened", "no day", []),
            ("seen", "2026-01-01T19:04:05+00:00", ["m1"]),
            ("seen", "2026-01-02T03:04:05+08:00", ["m1"]),
            ("covered", "true", ["m1", "m3"]),
            ("stars", None, ["m3"]),
        ],
    )
    def test_compare_as_the_column_does(self, opened, name, value, found):
        assert codes(opened, filters={name: (value,)}) == found

    def test_what_comes_out_can_be_put_in_again(self, opened):
        rows = queries.rows(opened, RowQuestion()).rows
        for row in rows:
            for name, value in row.items():
                text = (
                    None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                )
                again = queries.rows(opened, RowQuestion(filters={name: (text,)})).rows
                assert row in again, (name, value)

    def test_several_values_are_any_of_them(self, opened):
        assert codes(opened, filters={"district": ("拱墅区", "西湖区")}) == ["m1", "m4"]


class TestSearch:
    def test_finds_every_word_anywhere(self, opened):
        assert codes(opened, q="余杭 market") == ["m3"]

    def test_percent_is_a_sign_like_others(self, opened):
        assert codes(opened, q="100%") == ["m3"]
        assert codes(opened, q="1%1") == []

    def test_masked_values_cannot_be_found_out_by_searching(self, opened):
        assert codes(opened, q=world.GRADED) == []
        assert codes(opened, q=world.CLOSED) == []


class TestPages:
    def test_totals_are_exact_on_every_page(self, opened):
        first = queries.rows(opened, RowQuestion(limit=3))
        last = queries.rows(opened, RowQuestion(limit=3, offset=3))
        assert (first.total, len(first.rows), last.total, len(last.rows)) == (4, 3, 4, 1)
        beyond = queries.rows(opened, RowQuestion(offset=10**12))
        assert (beyond.total, beyond.rows) == (4, [])

    def test_sorts_falling_with_absent_last(self, opened):
        assert codes(opened, sort=(("stars", True),)) == ["m2", "m4", "m1", "m3"]

    def test_distinct_counts_what_it_shows(self, opened):
        answer = queries.rows(opened, RowQuestion(fields=("district",), distinct=True))
        assert (answer.total, len(answer.rows)) == (3, 3)

    def test_distinct_cannot_sort_by_what_is_not_shown(self, opened):
        with pytest.raises(CannotSort):
            queries.rows(opened, RowQuestion(fields=("district",), distinct=True, sort=(("stars", False),)))

    def test_too_many_rows_at_once_are_refused(self, opened):
        with pytest.raises(RowsTooMany):
            queries.rows(opened, RowQuestion(limit=32_001))

    @pytest.mark.parametrize("name", ["phone2", "secret", "inner", "_text", "ctid", 'code" --'])
    def test_only_open_columns_have_a_name(self, opened, name):
        for question in (
            RowQuestion(fields=(name,)),
            RowQuestion(filters={name: ("x",)}),
            RowQuestion(sort=((name, False),)),
        ):
            with pytest.raises(NoSuchColumn):
                queries.rows(opened, question)


@settings(
    max_examples=120,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    q=HOSTILE,
    filters=st.dictionaries(
        st.one_of(HOSTILE, st.sampled_from(["name", "stars", "area", "opened", "seen", "covered"])),
        st.lists(st.one_of(HOSTILE, st.none()), max_size=2).map(tuple),
        max_size=2,
    ),
    sort=st.lists(
        st.tuples(st.one_of(HOSTILE, st.sampled_from(["name", "stars"])), st.booleans()), max_size=2
    ).map(tuple),
    distinct=st.booleans(),
)
def test_whatever_is_asked_is_answered_or_refused(opened, q, filters, sort, distinct):
    try:
        answer = queries.rows(opened, RowQuestion(q=q, filters=filters, sort=sort, distinct=distinct))
    except PlatformError:
        return
    assert answer.total <= len(CODES)
    assert {row["code"] for row in answer.rows} <= CODES
    assert queries.rows(opened, RowQuestion()).total == len(CODES)
