"""Money is divided to the fen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.business.market.sharing import SUBJECTS, UNCLAIMED, divide, settle

NAMES = st.text("abcde", min_size=1, max_size=3)
WEIGHTS = st.dictionaries(NAMES, st.integers(0, 10_000), min_size=1).filter(
    lambda each: sum(each.values()) > 0
)
FEN = st.integers(0, 10**13)


@given(FEN, WEIGHTS)
def test_parts_add_up_and_none_is_a_fen_off(total, weights):
    parts = divide(total, weights)

    assert sum(parts.values()) == total
    assert parts.keys() == weights.keys()
    whole = sum(weights.values())
    for name, weight in weights.items():
        assert 0 <= parts[name] * whole - total * weight + whole <= 2 * whole
        assert abs(parts[name] * whole - total * weight) < whole
        assert weight or not parts[name]


@given(FEN, WEIGHTS)
def test_the_order_of_names_changes_nothing(total, weights):
    assert divide(total, dict(reversed(weights.items()))) == divide(total, weights)


@given(
    FEN,
    st.integers(1, 100),
    WEIGHTS,
    st.dictionaries(st.text("xyz", min_size=4, max_size=6), st.integers(0, 50)),
)
def test_persons_share_what_is_theirs_and_nothing_is_lost(total, pot, parties, persons):
    parts = parties | {SUBJECTS: pot}
    lines = settle(total, parts, persons)

    assert sum(lines.values()) == total
    assert SUBJECTS not in lines
    if not any(persons.values()):
        assert lines[UNCLAIMED] == divide(total, parts)[SUBJECTS]


@given(FEN, FEN, WEIGHTS)
def test_what_is_left_after_a_credit_note_is_the_share_of_what_is_left(one, other, weights):
    total, after = max(one, other), min(one, other)
    had, has = settle(total, weights, {}), settle(after, weights, {})
    credit = {name: has[name] - had[name] for name in had}

    assert sum(credit.values()) == after - total
    assert {name: had[name] + credit[name] for name in had} == divide(after, weights)


def test_remainders_go_to_the_largest_then_by_name():
    assert divide(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert divide(10, {"a": 66, "b": 34}) == {"a": 7, "b": 3}
    assert divide(0, {}) == {}
    for weights in ({}, {"a": 0}, {"a": 2, "b": -1}):
        with pytest.raises(ValueError, match="divided"):
            divide(1, weights)
