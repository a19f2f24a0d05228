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
    document = json.loads(json.dumps(portable(rules, name), ensure_ascii=False))
    assert document["unsupported"] == []
    day = as_of.isoformat() if as_of else None
    (answers,) = node([{"document": document, "inputs": rows, "asOf": day}], "decide.mjs")
    for given, found in zip(rows, answers, strict=True):
        wanted = rules.decide(name, given, as_of=as_of, trace=True)
        expected = {
            "status": wanted.status.value,
            "value": plain(wanted.value),
            "missing": sorted(wanted.missing),
            "steps": sorted(traced(wanted), key=lambda each: each["decision"]),
        }
        if found["status"] != "crash":
            found["missing"] = sorted(found["missing"])
            found["steps"] = sorted(found["steps"], key=lambda each: each["decision"])
        assert found == expected, given


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


def test_what_can_not_go_along_is_named(node):
    body = '<context><contextEntry><variable name="a"/>' + literal("1") + "</contextEntry></context>"
    rules = read_rulebook([("m.dmn", definitions(decision("d", body)))])
    document = portable(rules, "d")
    assert document["unsupported"] == ["d"]
    ((answer,),) = node([{"document": document, "inputs": [{}]}], "decide.mjs")
    assert answer["status"] == "unsupported"
