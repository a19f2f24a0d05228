"""The index answers as asking each row does; the quick way as the long way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.support.decisions.dmn.tables.cells import index_column
from shuzhi.support.decisions.dmn.tables.index import rows_of
from shuzhi.support.decisions.feel.compile import compile_unary_tests
from shuzhi.support.decisions.feel.parser import parse_unary_tests
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import from_python

from .models import data, decision, rulebook, table

numbers = st.integers(-3, 8).map(str) | st.sampled_from(["0.5", "-2.5", "3.0"])
texts = st.sampled_from(['"a"', '"b"', '""', '"制造"'])
days = st.sampled_from(['date("2026-01-01")', '@"2026-02-01"', 'date("2025-12-31")'])


def _tests(ends):
    bound = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), ends).map(" ".join)
    range_ = st.tuples(st.sampled_from("[("), ends, ends, st.sampled_from("])")).map(
        lambda each: f"{each[0]}{each[1]}..{each[2]}{each[3]}"
    )
    return ends | bound | range_


one = (
    _tests(numbers) | _tests(days) | texts | st.sampled_from(["true", "false", "null", "? = 3", '"a" + "b"'])
)
several = st.lists(one, min_size=1, max_size=3).map(", ".join)
cells = st.just("-") | several | several.map(lambda each: f"not({each})")
values = (
    st.none()
    | st.booleans()
    | st.integers(-4, 9)
    | st.decimals(-4, 9, places=1)
    | st.sampled_from(["a", "b", "", "制造", "ab"])
    | st.dates(date(2025, 12, 30), date(2026, 2, 2))
    | st.just([1])
    | st.just(["a"])
)


@given(st.lists(cells, min_size=1, max_size=8), values)
def test_looking_up_is_asking_each_row(column, value):
    nodes = [parse_unary_tests(cell) for cell in column]
    value = from_python(value)

    index = index_column(nodes)
    found = index.rows(value)
    asked = [row for row, node in enumerate(nodes) if compile_unary_tests(node)(Scope({}), value) is True]

    if found is not None:
        candidates = rows_of(found)
        sure = [row for row in candidates if not index.asked >> row & 1]
        assert sure == [row for row in asked if not index.asked >> row & 1]
        assert set(asked) <= set(candidates)


rows = st.lists(st.tuples(_tests(numbers) | st.just("-"), texts | st.just("-")), min_size=1, max_size=6)
inputs = st.fixed_dictionaries(
    {}, optional={"x": st.integers(-4, 9) | st.decimals(-4, 9, places=1) | st.none() | st.just("a"),
                  "k": st.sampled_from(["a", "b", "", "制造"]) | st.none()},
)  # fmt: skip


@given(rows, st.lists(inputs, min_size=1, max_size=5), st.sampled_from(["UNIQUE", "FIRST"]))
def test_the_quick_way_is_the_long_way(tests, asked, hit):
    book = rulebook(
        data("x", "number"),
        data("k", "string"),
        decision(
            "D",
            table(
                [("x", "number"), ("k", "string")], [[*row, str(at)] for at, row in enumerate(tests)], hit=hit
            ),
            "i-x",
            "i-k",
        ),
    )
    quick = book.decider("D")

    for each in asked:
        assert quick(each) == book.decide("D", each).value


def test_what_is_no_number_goes_the_long_way():
    book = rulebook(data("x", "number"), decision("D", table([("x", "number")], [["> 0", "1"]]), "i-x"))

    assert book.decider("D")({"x": Decimal("NaN")}) is None
    assert book.decider("D")({"x": True}) is None
    assert book.decider("D")({"x": 0.5}) == 1
    assert book.decide("D", {"x": Decimal("NaN")}).missing == ("x",)


def test_cells_that_speak_of_other_inputs():
    book = rulebook(
        data("x", "number"), data("least", "number"),
        decision("D", table([("x", "number")], [["> least", '"yes"'], ["<= least", '"no"']]), "i-x", "i-least"),
    )  # fmt: skip

    assert book.decide("D", {"x": 3, "least": 2}).value == "yes"
    assert book.decider("D")({"x": 1, "least": 2}) == "no"
