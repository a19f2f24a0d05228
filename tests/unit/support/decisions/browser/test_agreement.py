"""The browser's FEEL and Python's give the same values and the same reasons."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from tests.unit.support.decisions.browser.making import VARIABLES, Maker

from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.evaluate import Evaluated, NotEvaluable, verdict
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.tree import as_json
from shuzhi.support.decisions.feel.values import Function, Range, from_python, text_of
from shuzhi.support.decisions.feel.values.functions import Builtin

NOW = dt.datetime(2024, 6, 30, 12, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NAMES = Names.of(VARIABLES)
MEMBERS = ("年龄", "名称", "设立")


def tagged(value):
    """A value as `toJson` of the module gives it."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Decimal):
        return {"$number": text_of(value)}
    if isinstance(value, list):
        return [tagged(each) for each in value]
    if isinstance(value, dict):
        return {key: tagged(each) for key, each in value.items()}
    return {"$text" if isinstance(value, (Range, Function, Builtin)) else "$at": text_of(value)}


def expected(node, given):
    """What Python answers, in the words of the module."""
    scope = Scope(given, now=NOW)
    try:
        value = compile_expression(node)(scope)
    except LimitExceeded:
        return {"status": "limit"}
    found = verdict(value, scope.problems)
    status = (
        "value"
        if isinstance(found, Evaluated)
        else "not_evaluable"
        if isinstance(found, NotEvaluable)
        else "error"
    )
    problems = [
        {
            "code": each.code, "en": each.en, "zh": each.zh, "span": list(each.span), "kind": each.kind,
            "input": each.input,
        }
        for each in scope.problems
    ]  # fmt: skip
    missing = list(found.missing) if isinstance(found, NotEvaluable) else []
    return {"status": status, "value": tagged(value), "problems": problems, "missing": missing}


def drawn(count, seed):
    """So many cases: the text, its tree, and the data."""
    maker = Maker(seed)
    cases = []
    while len(cases) < count:
        text = maker.expression(maker.random.randint(1, 4))
        try:
            node = parse_expression(text, names=NAMES)
        except FeelSyntaxError:
            continue
        cases.append((text, node, from_python(maker.row())))
    return cases


def disagreements(node, count, seed):
    """The cases of which the two engines think differently, and how many the browser left to the server."""
    cases = drawn(count, seed)
    asked = [
        {"document": as_json(tree), "given": tagged(given), "now": tagged(from_python(NOW))}
        for _, tree, given in cases
    ]
    different, unsupported = [], 0
    for (text, tree, given), answer in zip(cases, node(asked), strict=True):
        if answer["status"] == "unsupported":
            unsupported += 1
            continue
        wanted = expected(tree, given)
        found = {key: answer.get(key) for key in wanted}
        if found != wanted:
            different.append((text, tagged(given), wanted, answer if answer["status"] == "crash" else found))
    return different, unsupported


def said(different):
    """The shortest disagreements, for a person."""
    shortest = sorted(different, key=lambda each: len(each[0]))[:6]
    return f"{len(different)} disagree\n" + "\n\n".join(
        f"{text}\n  data   {json.dumps(given, ensure_ascii=False)}\n  python {json.dumps(wanted, ensure_ascii=False)}\n"
        f"  module {json.dumps(found, ensure_ascii=False)}"
        for text, given, wanted, found in shortest
    )


def test_a_sample_agrees(node):
    different, unsupported = disagreements(node, 1500, seed=20261122)
    assert not different, said(different)
    assert unsupported < 150


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_and_more_agree(node, seed):
    different, unsupported = disagreements(node, 5000, seed=seed)
    assert not different, said(different)
    assert unsupported < 500


@pytest.mark.parametrize(
    "text",
    [
        "count(for i in 1..1000000000000 return i)",
        "{f: function(i) f(i + 1)}.f(0)",
        "some x in 1..1000000000000 satisfies x < 0",
        "10 ** 1000000000",
    ],
)
def test_nothing_hangs(node, text):
    tree = parse_expression(text)
    (answer,) = node([{"document": as_json(tree), "given": {}}])
    assert answer["status"] == expected(tree, {})["status"]
    assert answer["status"] in ("limit", "error")


@pytest.mark.parametrize(
    ("text", "name", "start"),
    [
        ('1 + count(matches("a", "b"))', "matches", 10),
        ('@"10:00:00@Asia/Shanghai"', '@"10:00:00@Asia/Shanghai"', 0),
        ("log(2)", "log", 0),
        ('if false then split("a", "b") else 1', "split", 14),
    ],
)
def test_what_the_browser_lacks_is_named_before_it_is_needed(node, text, name, start):
    (answer,) = node([{"document": as_json(parse_expression(text)), "given": {}}])
    assert answer["status"] == "unsupported"
    assert [(each["name"], each["span"][0]) for each in answer["lacks"]] == [(name, start)]


def test_a_zone_or_a_power_that_only_the_data_bring_is_left_to_the_server_too(node):
    names = Names.of(["s", "n"])
    for text, given in (("time(s)", {"s": "10:00:00@Asia/Shanghai"}), ("2 ** n", {"n": {"$number": "0.5"}})):
        (answer,) = node([{"document": as_json(parse_expression(text, names=names)), "given": given}])
        assert answer["status"] == "unsupported"
        assert answer["lacks"][0]["span"][:2] == [0, len(text)]
