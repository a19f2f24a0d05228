"""Boxed expressions beyond what our kit shows: scopes, functions that call themselves, faulty parts."""

from __future__ import annotations

import pytest

from .models import data, decision, literal, rulebook


def context(*entries: tuple[str, str]) -> str:
    return "<context>" + "".join(
        f'<contextEntry><variable name="{name}"/>{box}</contextEntry>' if name else f"<contextEntry>{box}</contextEntry>"
        for name, box in entries
    ) + "</context>"  # fmt: skip


def function(parameter: str, body: str) -> str:
    return f'<functionDefinition><formalParameter name="{parameter}"/>{literal(body)}</functionDefinition>'


def value(body: str, **inputs):
    parts = [data(name) for name in inputs]
    book = rulebook(*parts, decision("D", body, *(f"i-{name}" for name in inputs))).sound()
    return book.decide("D", inputs).value


def test_entries_see_the_earlier_ones_only():
    assert value(context(("a", literal("1")), ("b", literal("a + 1")))) == {"a": 1, "b": 2}
    book = rulebook(decision("D", context(("a", literal("b")), ("b", literal("1")))))
    assert [each.code for each in book.faults] == ["name-unknown"]


def test_an_entry_hides_what_is_outside():
    assert value(context(("x", literal("x + 1")), ("", literal("x * 10"))), x=1) == 20


def test_a_function_keeps_what_was_around_it():
    body = context(
        ("k", literal("2")),
        ("f", function("v", "v * k")),
        ("", context(("k", literal("100")), ("", literal("f(3)")))),
    )
    assert value(body) == 6


@pytest.mark.parametrize("fact", [function("n", "if n <= 1 then 1 else n * fact(n - 1)"),
                                  literal("function(n) if n <= 1 then 1 else n * fact(n - 1)")])  # fmt: skip
def test_a_function_may_call_itself(fact):
    assert value(context(("fact", fact), ("", literal("fact(5)")))) == 120


def test_a_filter_sees_the_entries_of_each_item():
    body = f"<filter><in>{literal('rows')}</in><match>{literal('price > least and item.price < 9')}</match></filter>"
    book = rulebook(
        '<itemDefinition name="tRow"><itemComponent name="price"><typeRef>number</typeRef></itemComponent></itemDefinition>',
        data("rows"), data("least"), decision("D", body, "i-rows", "i-least"),
    ).sound()  # fmt: skip

    rows = [{"price": each} for each in (1, 5, 8, 9)]
    assert book.decide("D", {"rows": rows, "least": 4}).value == [{"price": 5}, {"price": 8}]


def test_iterating_over_a_range_and_over_one_value():
    body = f'<for iteratorVariable="n"><in>{literal("x")}</in><return>{literal("n * 2")}</return></for>'

    assert value(body, x=[1, 2]) == [2, 4]
    assert value(body, x=7) == [14]
    assert value(body.replace(">x<", ">[1..3]<")) == [2, 4, 6]


def test_an_invocation_of_a_built_in_function():
    body = (
        f"<invocation>{literal('substring')}"
        f'<binding><parameter name="start position"/>{literal("2")}</binding>'
        f'<binding><parameter name="string"/>{literal("x")}</binding></invocation>'
    )

    assert value(body, x="数治平台") == "治平台"


def test_names_of_chinese_and_signs():
    book = rulebook(data("注册 资本（万元）"), data("a-b"), decision("D", literal("a-b + 1"), "i-a-b")).sound()  # fmt: skip

    assert book.decide("D", {"a-b": 1}).value == 2


def test_many_answers_to_the_same_inputs():
    book = rulebook(
        data("x"), decision("A", literal("x + 1"), "i-x"), decision("B", literal("x * 2"), "d-A", "i-x")
    )

    assert [each.value for each in book.decide_all(["A", "B"], {"x": 4})] == [5, 8]


CONDITIONAL = f"<conditional><if>{literal('x')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
FILTER = f"<filter><in>{literal('x')}</in><match>{literal('item > 1')}</match></filter>"
SOME = f"<some iteratorVariable='i'><in>{literal('x')}</in><satisfies>{literal('i')}</satisfies></some>"


@pytest.mark.parametrize(
    ("body", "given", "plain", "reason"),
    [
        (CONDITIONAL, None, 2, "条件须为真或假，实为空值"),
        (CONDITIONAL, "yes", 2, "条件须为真或假，实为字符串"),
        (FILTER, None, None, "循环的对象须为列表，实为空值"),
        (SOME, None, None, "循环的对象须为列表，实为空值"),
        (SOME, [None, False], None, "条件须为真或假，实为空值"),
        (SOME, [None, True], True, ""),
    ],
)
def test_no_box_hides_what_is_neither_true_nor_false_nor_a_list(body, given, plain, reason):
    book = rulebook(data("x"), decision("D", body, "i-x")).sound()

    assert book.decide("D", {"x": given}).value == plain
    strict = book.decide("D", {"x": given}, strict=True)
    assert [each.message.zh for each in strict.problems] == ([reason] if reason else [])
    assert (strict.status.value == "value") is not bool(reason)
