"""Never silent: every null that comes of a wrong type has its reason, and strict answers say whose fault it is."""

from __future__ import annotations

import pytest

from shuzhi.support.decisions.feel.compile import compile_expression, compile_unary_tests
from shuzhi.support.decisions.feel.evaluate import Evaluated, NotEvaluable, RuleError, evaluate, strictly
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression, parse_unary_tests
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import from_python

FIRM = {"企业": {"注册资本": 500, "员工数": None}, "年限": "三年", "空": None}


def answer(text, **variables):
    scope = Scope(from_python(FIRM | variables))
    return strictly(compile_expression(parse_expression(text, names=Names.of(scope.variables))), scope)


def test_a_function_sees_null_for_an_argument_of_another_type_and_it_is_told():
    found = evaluate('{f: function(a: number) a = null, told: f("x")}.told')
    assert (found.value, [each.code for each in found.problems]) == (True, ["feel.argument_type"])


class TestStrictly:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("企业.注册资本 > 100", True),
            ("空 = null", True),
            ("企业.员工数 > 5 or true", True),
            ("企业.员工数 > 5 and false", False),
            ("true or 企业.员工数 > 5", True),
            ("[1, null, 3][item > 2]", [3]),
            ("[{x: 1}, {y: 2}][x = 1]", [{"x": 1}]),
            ("[{x: 1}, {y: 2}][y > 1].y", [2]),
            ("some x in [5, null] satisfies x > 2", True),
            ("空 in (5, null)", True),
            ("1 between 2 and 空", False),
            ("9 between 空 and 2", False),
            ("9 in [空..2]", False),
            ("1 in (空, 1)", True),
            ("every x in [空, 9] satisfies x < 5", False),
        ],
    )
    def test_what_is_decided_is_decided(self, text, value):
        assert answer(text) == Evaluated(value)

    @pytest.mark.parametrize(
        ("text", "missing"),
        [
            ("企业.员工数 > 5", ("企业.员工数",)),
            ("企业.员工数 + 1 > 5", ("企业.员工数",)),
            ("企业.没有 > 5", ("企业.没有",)),
            ("年限 > 3", ("年限",)),
            ("企业.员工数 > 5 and 空 < 2", ("企业.员工数", "空")),
            ("if 企业.员工数 > 5 then 1 else 2", ("企业.员工数",)),
            ("sum([1, 2]) + 空", ("空",)),
            ("substring(年限, 空)", ("空",)),
            ("空 in [1..5]", ("空",)),
            ("空 between 1 and 2", ("空",)),
            ("for x in 空 return x", ("空",)),
            ("空[1]", ("空",)),
            ("-空", ("空",)),
            ("空.a.b + 1", ("空",)),
            ('date(年限) > @"2020-01-01"', ("年限",)),
            ("空 > 5 and (if 空 > 5 then true else false)", ("空",)),
            ("空 > 5 and true and (if 空 > 5 then true else false)", ("空",)),
            ("空 > 5 or (if 企业.员工数 > 5 then false else true)", ("企业.员工数",)),
            ("some x in [空, 9] satisfies if 空 > x then false else x > 5", ("空",)),
            ("1 in (空, (if 空 then 2 else 1))", ("空",)),
        ],
    )
    def test_missing_and_ill_typed_inputs_are_named(self, text, missing):
        found = answer(text)
        assert isinstance(found, NotEvaluable)
        assert found.missing == missing

    @pytest.mark.parametrize(
        ("text", "column"),
        [
            ('1 + "a"', 1),
            ("2 > nobody", 5),
            ('企业.注册资本 > 1 and date("2020-13-01") = null', 17),
            ('@"never"', 1),
            ("upper case(1)", 1),
            ("abs(1, 2)", 1),
            ("1 instance of nothing", 15),
            ("1 / 0", 1),
            ("[5..1]", 1),
            ("[1][2]", 1),
            ("[1, 2][nobody = 1]", 8),
        ],
    )
    def test_faults_of_the_rule_have_a_place(self, text, column):
        found = answer(text)
        assert isinstance(found, RuleError)
        assert found.problems[0].span.column == column

    def test_an_input_that_was_declared_but_not_given_is_missing(self):
        tree = parse_expression("社保人数 > 5", names=Names.of(["社保人数"]))
        found = strictly(compile_expression(tree), Scope({}))
        assert isinstance(found, NotEvaluable)
        assert found.missing == ("社保人数",)
        assert len(found.problems) == 1

    def test_reasons_are_told_in_both_languages(self):
        (problem,) = answer("年限 > 3").problems
        assert "年限" in problem.zh
        assert "字符串" in problem.zh
        assert "a string" in problem.en

    def test_a_name_that_nothing_has_is_reported_once(self):
        (problem,) = evaluate("nobody - 1 > 2").problems
        assert problem.code == "feel.unknown_name"

    def test_a_null_handed_on_is_reported_once(self):
        assert len(evaluate("((空 + 1) * 2 - 3) > 4", {"空": None}).problems) == 1


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "value", "passes"),
        [
            ("-", None, True),
            ("> 5", 6, True),
            ("> 5", None, None),
            ("not(1, 2)", 3, True),
            ("not(1, 2)", 2, False),
            ('"甲", "乙"', "乙", True),
            ("null", None, True),
            ("5", None, False),
            ('"5"', 5, None),
            ("[1..5], > 9", 10, True),
            ("? > 5 and ? < 9", 7, True),
            ('contains(?, "a")', "bab", True),
            ("limit", 3, True),
            ("< limit", 2, True),
            ("list", 8, True),
            ("list", 9, False),
            ("limit > 2", "whatever", True),
            ("true", True, True),
            ("false", True, False),
            ("not(null)", 1, True),
            ('date("2020-01-01")', "x", None),
        ],
    )  # fmt: skip
    def test_tests(self, cell, value, passes):
        scope = Scope(from_python({"limit": 3, "list": [7, 8]}))
        tests = compile_unary_tests(parse_unary_tests(cell, names=Names.of(scope.variables)))
        assert tests(scope, from_python(value)) is passes
        assert bool(scope.problems) is (passes is None)

    def test_an_input_that_is_missing_is_the_questioned_one(self):
        scope = Scope({})
        compile_unary_tests(parse_unary_tests("> 5"))(scope, None)
        assert scope.problems[0].input == "?"
