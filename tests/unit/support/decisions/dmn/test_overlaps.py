"""Rows of a table of unique hits that one case may hit together are told when the file is read."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .models import data, decision, rulebook, table

KINDS = {"x": "number", "s": "string", "b": "boolean", "d": "date"}


def book(columns, rules, hit="UNIQUE", **more):
    inputs = [(name, KINDS[name]) for name in columns]
    needs = [f"i-{name}" for name in columns]
    rows = [[*cells, str(at)] for at, cells in enumerate(rules)]
    return rulebook(
        *(data(name, kind) for name, kind in KINDS.items()),
        decision("D", table(inputs, rows, hit=hit, **more), *needs),
    )


def overlaps(columns, rules, **more):
    found = book(columns, rules, **more).faults
    assert {each.code for each in found} <= {"rows-overlap"}
    return [(each.place.row, each.message.en.rpartition("row ")[2]) for each in found]


@pytest.mark.parametrize(
    ("column", "first", "second", "together"),
    [
        ("x", "< 5", "[4..8]", True),
        ("x", "< 5", "[5..8]", False),
        ("x", "<= 5", "[5..8]", True),
        ("x", "<= 5", "(5..8]", False),
        ("x", "< 5", "> 4", True),
        ("x", "3", "[1..5]", True),
        ("x", "1, 3", "2, 4", False),
        ("x", "1, 7", "[6..8], 20", True),
        ("x", "not(5)", "5", False),
        ("x", "not(5)", "[5..6]", True),
        ("x", "-", "> 100", True),
        ("x", "null", "< 3", False),
        ("x", "null", "-", True),
        ("x", "null", "not(3)", True),
        ("x", "null, 1", "null", True),
        ("x", "[1..2], [5..6]", "(2..5)", False),
        ("x", "[1..2], [5..6]", "[3..4], 6", True),
        ("x", "? > 5", "> 5", False),  # must be evaluated
        ("s", '"a"', '"b"', False),
        ("s", '"a", "b"', '"b"', True),
        ("s", 'not("a")', '"a"', False),
        ("s", 'not("a")', '"b"', True),
        ("s", 'not("a")', 'not("b")', True),
        ("b", "true", "false", False),
        ("b", "not(true)", "not(false)", False),
        ("b", "not(true)", "false", True),
        ("d", '< date("2026-01-01")', '>= date("2026-01-01")', False),
        ("d", '<= date("2026-01-01")', '>= date("2026-01-01")', True),
        ("d", '(date("2026-01-01")..date("2026-01-02"))', "-", False),  # no day
    ],
)
def test_two_rows(column, first, second, together):
    assert overlaps([column], [[first], [second]]) == ([(2, "1")] if together else [])
    assert bool(overlaps([column], [[second], [first]])) is together


def test_one_column_that_tells_them_apart_is_enough():
    assert overlaps(["x", "s"], [["< 5", '"a"'], ["< 9", '"b"'], ["[1..2]", '"a"']]) == [(3, "1")]


@pytest.mark.parametrize("hit", ["FIRST", "ANY", "COLLECT", "RULE ORDER"])
def test_other_policies_may_overlap(hit):
    assert overlaps(["x"], [["< 5"], ["< 9"]], hit=hit) == []


def test_rows_of_different_times_do_not_meet():
    dates = ['<sz:validity until="2025-12-31"/>', '<sz:validity from="2026-01-01"/>']

    assert overlaps(["x"], [["< 5"], ["< 5"]], extensions=dates) == []
    assert overlaps(["x"], [["< 5"], ["< 6"]], extensions=[dates[0]]) == [(2, "1")]


def test_the_fault_names_rows_and_place_in_both_languages():
    (fault,) = book(["x"], [["< 5"], ["[7..8]"], ["3"]]).faults

    assert fault.message.zh == "唯一命中的表中，第 3 行可与第 1 行同时命中"
    assert (fault.place.decision, fault.place.row) == ("D", 3)
    assert fault.place.line > 1


CELLS = {
    "x": ["-", "< 5", "<= 5", "> 5", ">= 3", "[2..4]", "(2..4)", "3", "1, 5", "not(3)", "[1..2], 5", "null"],
    "s": ["-", '"a"', '"b", "c"', 'not("a")', 'not("a", "b")', "null"],
    "b": ["-", "true", "false", "not(true)"],
}
VALUES = {
    "x": [None, *(Decimal(each) / 2 for each in range(13))],
    "s": [None, "a", "b", "c", "z"],
    "b": [None, True, False],
}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in "xsb")), min_size=2, max_size=4))
def test_what_is_told_is_what_happens(rules):
    rows = book("xsb", rules)
    told = bool([each for each in rows.faults if each.code == "rows-overlap"])
    happens = any(
        rows.decide("D", {"x": x, "s": s, "b": b}).problems
        for x in VALUES["x"]
        for s in VALUES["s"]
        for b in VALUES["b"]
    )
    assert told is happens


@pytest.mark.parametrize("cell", ["[{0}..{1})", "not({0})", "{0}, {1}00000", "-"])
def test_a_large_table_is_checked_soon(cell):
    rules = [[cell.format(each, each + 1)] for each in range(3000)]
    start = time.process_time()
    found = book(["x"], rules).faults
    assert time.process_time() - start < 5
    assert bool(found) is (cell in ("-", "not({0})"))
