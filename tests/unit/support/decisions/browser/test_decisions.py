"""Decisions that go to the browser are decided there as here, with the same reason."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from tests.unit.support.decisions.dmn.models import data, decision, definitions, literal

from shuzhi.support.decisions.dmn.portable import portable
from shuzhi.support.decisions.queries import read_rulebook

BENEFIT = Path(__file__).parents[5] / "packs/market/small-firm-benefit/rules/small-firm-benefit.dmn"
POLICIES = (
    ("UNIQUE", ""), ("ANY", ""), ("FIRST", ""), ("RULE ORDER", ""), ("OUTPUT ORDER", ""), ("PRIORITY", ""),
    ("COLLECT", ""), ("COLLECT", "SUM"), ("COLLECT", "COUNT"), ("COLLECT", "MIN"), ("COLLECT", "MAX"),
)  # fmt: skip
ROWS = (
    ("&lt; 5", "-", "1"),
    ("[3..8]", '"a","b"', "2"),
    ("not(7)", '"a"', "x * 2"),
    ("x", "null", "2"),
    ("? &gt; 9", "-", "1"),
    ('"text"', "-", "3"),
)


def table(policy, aggregation, default):
    how = f' aggregation="{aggregation}"' if aggregation else ""
    rules = "".join(
        f"<rule><inputEntry><text>{one}</text></inputEntry><inputEntry><text>{two}</text></inputEntry>"
        f"<outputEntry><text>{out}</text></outputEntry></rule>"
        for one, two, out in ROWS
    )
    other = "<defaultOutputEntry><text>0</text></defaultOutputEntry>" if default else ""
    return (
        f'<decisionTable hitPolicy="{policy}"{how}>'
        "<input><inputExpression><text>x</text></inputExpression></input>"
        "<input><inputExpression><text>y</text></inputExpression></input>"
        f"<output><outputValues><text>3, 2, 1</text></outputValues>{other}</output>{rules}</decisionTable>"
    )


def plain(value):
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return {"$number": format(value, "f")} if isinstance(value, Decimal) else value


def traced(answer):
    """The part of a trace that the browser has too."""
    steps = []
    for step in answer.trace.steps:
        shown = step.tables[0] if step.tables else None
        hit = shown and [
            {
                "row": each.row,
                "conditions": plain(each.conditions),
                "annotations": plain(each.annotations),
                "basis": [str(basis) for basis in each.bases],
            }
            for each in shown.hits
        ]
        failed = shown and [[each.row, each.heading, each.test, each.why.value] for each in shown.failed]
        basis = [str(each) for each in step.bases]
        steps.append(
            {
                "decision": step.decision,
                "value": plain(step.value),
                "hit": hit,
                "failed": failed,
                "basis": basis,
            }
        )
    return steps


def assert_agree(node, rules, name, rows, as_of=None):
    assert_all_agree(node, [rules], name, rows, as_of)


def assert_all_agree(node, books, name, rows, as_of=None):
    """One decision of several rules, asked plainly and strictly, in one process."""
    asked = [(rules, strict) for rules in books for strict in (False, True)]
    day = as_of.isoformat() if as_of else None
    documents = [json.loads(json.dumps(portable(rules, name), ensure_ascii=False)) for rules, _ in asked]
    assert not any(each["unsupported"] for each in documents)
    lines = [
        {"document": document, "inputs": rows, "asOf": day, "strict": strict}
        for document, (_, strict) in zip(documents, asked, strict=True)
    ]
    for (rules, strict), answers in zip(asked, node(lines, "decide.mjs"), strict=True):
        for given, found in zip(rows, answers, strict=True):
            assert sorting(found) == expected(rules, name, given, as_of, strict=strict), (given, strict)


def sorting(found):
    if found["status"] == "crash":
        return found
    steps = sorted(found["steps"], key=lambda each: each["decision"])
    return found | {key: sorted(found[key]) for key in ("missing", "problems")} | {"steps": steps}


def expected(rules, name, given, as_of, *, strict):
    wanted = rules.decide(name, given, as_of=as_of, trace=True, strict=strict)
    return {
        "status": wanted.status.value,
        "value": plain(wanted.value),
        "missing": sorted(wanted.missing),
        "problems": sorted(each.message.zh for each in wanted.problems),
        "steps": sorted(traced(wanted), key=lambda each: each["decision"]),
    }


def drawn(random, **choices):
    row = {name: random.choice(values) for name, values in choices.items()}
    return {name: value for name, value in row.items() if random.random() > 0.08}


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 3, 1), date(2020, 1, 1)])
def test_the_benefit_policy(node, day):
    random = Random(day.year)
    rows = [
        drawn(
            random,
            注册日期=["2024-11-05", "2025-12-31", "2019-02-28", None, "gestern"],
            申请日期=["2026-03-01", "2025-12-31"],
            规模=["小型", "微型", "大型", "巨型", None],
            社保缴纳人数=[2, 3, 4, 5, 6, None],
            新增就业人数=[0, 6, 60, -1, None],
            严重失信=[True, False, False, False],
        )
        for _ in range(150)
    ]
    assert_agree(node, read_rulebook([BENEFIT]).sound(), "补贴金额", rows, as_of=day)


@pytest.mark.parametrize("default", [False, True])
@pytest.mark.parametrize(("policy", "aggregation"), POLICIES)
def test_every_hit_policy(node, policy, aggregation, default):
    body = table(policy, aggregation, default)
    rules = read_rulebook([("m.dmn", definitions(data("x"), data("y"), decision("d", body, "i-x", "i-y")))])
    random = Random(7)
    choices = [*range(12), None, "text", True]
    rows = [drawn(random, x=choices, y=["a", "b", "c", None, 3]) for _ in range(60)]
    assert_agree(node, rules, "d", rows)


def test_a_literal_expression_over_another(node):
    parts = [data("x", "number"), decision("e", literal("x / 3"), "i-x", type_="number")]
    parts.append(decision("d", literal("if e > 1 then e * 2 else null + 1"), "d-e"))
    rules = read_rulebook([("m.dmn", definitions(*parts))])
    assert_agree(node, rules, "d", [{"x": 7}, {"x": 1}, {}, {"x": "7"}, {"x": None}])


# Nulls that come of a wrong type, each another way; `x` is a text, `y` is not given.
WRONG = (
    'not("x")', "not(x)", "not(y)", "x + 1", "1 + null", "-x", "x < 1", "x = 1", "x between 1 and 2", "1 between y and 2",
    "x in [1..2]", "x and true", "y or false", "x and false", "if x then 1 else 2", "if y then 1 else 2",
    "upper case(1)", "abs(x)", "sum([1, x])", "all([true, x])", "some i in [y, 0] satisfies i > 0", "every i in y satisfies i",
    "for i in y return i", "y[1]", "[1, 2][3]", "[1, 2][item > x]", "y.part", "x.part", "[x..1]", "[3..1]", "1 / 0", "x ** 2",
    "date(x)", 'date("never")', '@"never"', 'duration("P1D") + 1', 'date("2026-01-01") < x', "x(1)", "nobody", "nobody(1)",
    "abs(1, 2)", "abs(m: 1)", "(function(a: number) a)(x)", "1 instance of nothing", "string length(y)", "min([1, x])",
    'substring("abc", 9)', "sort([1, x])", "list replace([1], 2, 3)", "y > 5 and (if y > 5 then true else false)",
)  # fmt: skip


def test_no_null_of_a_wrong_type_passes_for_an_answer_anywhere(node):
    books = []
    for text in WRONG:
        parts = [data("x"), data("y"), decision("d", literal(text), "i-x", "i-y")]
        rules = read_rulebook([("m.dmn", definitions(*parts))])
        answer = rules.decide("d", {"x": "text"}, strict=True)
        is_decided = text == "x and false"
        assert (answer.status.value == "value") is is_decided, text
        assert bool(answer.problems) is not is_decided, text
        books += [] if rules.faults else [rules]

    assert_all_agree(node, books, "d", [{"x": "text"}])


def test_what_can_not_go_along_is_named(node):
    body = '<context><contextEntry><variable name="a"/>' + literal("1") + "</contextEntry></context>"
    rules = read_rulebook([("m.dmn", definitions(decision("d", body)))])
    document = portable(rules, "d")
    assert document["unsupported"] == ["d"]
    ((answer,),) = node([{"document": document, "inputs": [{}]}], "decide.mjs")
    assert answer["status"] == "unsupported"
