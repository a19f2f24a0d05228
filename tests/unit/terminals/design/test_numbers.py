from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.terminals.design import numbers


class TestDay:
    def test_reads_as_people_write_it(self):
        assert numbers.day(date(2026, 11, 2)) == "2026年11月2日"

    def test_reads_in_english(self, in_english):
        assert numbers.day(date(2026, 11, 22)) == "22 November 2026"

    def test_a_moment_shows_the_clock_of_the_place(self):
        assert numbers.moment(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "2026年11月23日 02:05"


class TestShare:
    def test_never_loses_its_denominator(self):
        assert numbers.share(1184, 1203) == "98.4%（1,184／1,203）"

    def test_in_english(self, in_english):
        assert numbers.share(1, 3) == "33.3% (1 of 3)"

    def test_of_nothing_is_unknown_not_nought(self):
        assert numbers.share(0, 0) == "—（0／0）"

    def test_rounds_half_up(self):
        assert numbers.percent(Decimal("99.95")) == "100.0%"


class TestNumber:
    @given(st.integers())
    def test_groups_thousands_and_keeps_the_value(self, n):
        assert int(numbers.number(n).replace(",", "")) == n

    @pytest.mark.parametrize(
        ("value", "text"), [(None, "—"), (0, "0"), (1234.5, "1,234.5"), (Decimal("1200.00"), "1,200")]
    )
    def test_absent_and_broken_numbers(self, value, text):
        assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(9.4, "9 秒"), (80, "1 分钟 20 秒"), (3700, "1 小时 1 分钟"), (None, "—")]
)
def test_durations(seconds, text):
    assert numbers.duration(seconds) == text
