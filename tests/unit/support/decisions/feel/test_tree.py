"""The tree as JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from tests.unit.support.decisions.feel.test_properties import trees

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression, parse_unary_tests
from shuzhi.support.decisions.feel.tree import TreeRefused, as_json, from_json

SPANNED = 'if 注册 资本 >= 1.10 then sum(for i in 1..3 return i) else @"P1D" instance of list<number>'


def through(node):
    return from_json(json.loads(json.dumps(as_json(node), ensure_ascii=False)))


@settings(max_examples=300, deadline=None)
@given(trees)
def test_every_tree_comes_back_the_same(tree):
    assert through(tree) == tree


@pytest.mark.parametrize("text", ["-", "not(1, < 2)", "[1..2), null", '? > 3 and ? < "x"'])
def test_tests_come_back_too(text):
    tree = parse_unary_tests(text)
    assert through(tree) == tree


def test_places_values_and_declarations_come_back():
    tree = parse_expression(SPANNED, names=Names.of(["注册 资本"]))
    assert repr(through(tree)) == repr(tree)
    assert as_json(through(tree)) == as_json(tree)
    name = parse_expression("unbekannt")
    assert through(name).declared is False


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"v": 2, "tree": ["Null", [0, 4, 1, 1]]},
        {"v": 1, "tree": None},
        {"v": 1, "tree": ["Null", [0, 4, 1]]},
        {"v": 1, "tree": ["Node", [0, 4, 1, 1]]},
        {"v": 1, "tree": ["__class__", [0, 4, 1, 1]]},
        {"v": 1, "tree": ["Null", [0, 4, 1, 1], 1, 2]},
        {"v": 1, "tree": ["Number", [0, 4, 1, 1], "NaN"]},
        {"v": 1, "tree": ["Arithmetic", [0, 4, 1, 1]]},
    ],
)
def test_what_is_no_tree_is_refused(document):
    with pytest.raises(TreeRefused):
        from_json(document)


def test_a_sum_too_long_for_other_readers_is_refused():
    with pytest.raises(LimitExceeded):
        as_json(parse_expression("+".join(["n"] * 300), names=Names.of(["n"])))
