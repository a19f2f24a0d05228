"""The example policy over a table: eligibility, what is missing, the row that hit, and what a change would do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.support.decisions.dmn.models import data, decision, definitions, literal, table
from typer.testing import CliRunner

from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.sql.errors import RulesNotInSql
from shuzhi.support.decisions.sql.query import Asked
from shuzhi.support.decisions.sql.running import decide_table
from shuzhi.support.decisions.sql.whatif import Question, compare_rules
from shuzhi.terminals.console.rules import app

POLICY = Path("packs/market/small-firm-benefit/rules/small-firm-benefit.dmn")
DAY = dt.date(2026, 3, 1)
COLUMNS = ("id", "注册日期", "申请日期", "规模", "社保缴纳人数", "新增就业人数", "严重失信")
KINDS = (pa.string(), pa.date32(), pa.date32(), pa.string(), pa.int32(), pa.int32(), pa.bool_())
FIRMS = [
    ("足", dt.date(2020, 1, 1), DAY, "小型", 4, 10, False),
    ("多", dt.date(2020, 1, 1), DAY, "微型", 9, 80, False),
    ("少", dt.date(2020, 1, 1), DAY, "小型", 2, 10, False),
    ("新", dt.date(2025, 9, 1), DAY, "小型", 9, 10, False),
    ("大", dt.date(2020, 1, 1), DAY, "大型", None, 10, False),
    ("失信", None, DAY, None, None, None, True),
    ("缺社保", dt.date(2020, 1, 1), DAY, "小型", None, 10, False),
    ("缺两项", None, DAY, "小型", None, 10, False),
    ("规模有误", dt.date(2020, 1, 1), DAY, "巨型", 9, 10, False),
    ("缺失信", dt.date(2020, 1, 1), DAY, "大型", 9, 10, None),
]


@pytest.fixture
def firms(tmp_path):
    arrays = [
        pa.array(column, type=kind) for column, kind in zip(zip(*FIRMS, strict=True), KINDS, strict=True)
    ]
    path = tmp_path / "firms.parquet"
    pq.write_table(pa.table(dict(zip(COLUMNS, arrays, strict=True))), path)
    return path


@pytest.fixture(scope="module")
def policy():
    return read_rulebook([POLICY]).sound()


def decided(policy, firms, decision, **asked):
    out = firms.with_name("out.parquet")
    decide_table(policy, decision, table=firms, out=out, asked=Asked(as_of=DAY, **asked))
    return {row["id"]: row for row in pq.read_table(out).to_pylist()}


class TestPolicy:
    def test_each_firm_as_python_decides_it(self, policy, firms):
        found = decided(policy, firms, "补贴资格", eligibility=True)

        for values in FIRMS:
            given = dict(zip(COLUMNS[1:], values[1:], strict=True))
            answer = policy.decide("补贴资格", given, as_of=DAY, strict=True)
            row = found[values[0]]
            said = {True: "yes", False: "no"}[answer.value["符合"]] if answer.value else "unknown"
            assert (row["eligible"], said) == (said, said), values

    def test_what_is_missing_is_named(self, policy, firms):
        found = decided(policy, firms, "补贴资格", eligibility=True)

        assert found["缺社保"]["missing"] == ["社保缴纳人数"]
        assert set(found["缺两项"]["missing"]) == {"注册日期", "社保缴纳人数"}
        assert found["大"]["missing"] == []

    def test_the_row_that_hit_is_told(self, policy, firms):
        found = decided(policy, firms, "补贴资格")

        assert {name: found[name]["row"] for name in ("足", "少", "新", "大", "失信")} == {
            "足": 5, "少": 4, "新": 3, "大": 2, "失信": 1
        }  # fmt: skip

    def test_the_amount_has_its_ceiling(self, policy, firms):
        found = decided(policy, firms, "补贴金额")

        assert (found["足"]["answer"], found["多"]["answer"], found["少"]["answer"]) == (15000, 75000, 0)

    def test_columns_of_other_names(self, policy, firms):
        renamed = pq.read_table(firms).rename_columns(["id", *(f"c{at}" for at in range(6))])
        pq.write_table(renamed, firms)
        columns = {name: f"c{at}" for at, name in enumerate(COLUMNS[1:])}

        assert decided(policy, firms, "补贴金额", columns=columns)["多"]["answer"] == 75000


class TestWhatIf:
    def test_who_qualifies_by_the_law_of_2026(self, policy, firms):
        question = Question("补贴资格", dt.date(2025, 3, 1), DAY, cost="补贴金额")
        found = compare_rules(policy, policy, question, table=firms)

        assert (found.more, found.changed) == (1, 1)
        assert [(each.identity, each.before, each.after) for each in found.changes] == [("足", "no", "yes")]
        assert (found.old_cost, found.new_cost) == (50_000, 90_000)

    def test_on_the_console(self, firms):
        line = ["compare", str(POLICY), str(POLICY), "--decision", "补贴资格", "--table", str(firms)]
        done = CliRunner().invoke(
            app, [*line, "--as-of", "2025-03-01", "--new-as-of", "2026-03-01", "--json"]
        )

        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["moves"] == [{"from": "no", "to": "yes", "rows": 1}]


class TestRefusals:
    def test_every_place_without_meaning_is_told_at_once(self, tmp_path, firms):
        rows = [['matches(?, "[^x]+")', "sqrt(社保缴纳人数)"], ['"小型"', "log(2 * 社保缴纳人数)"]]
        body = table([("规模", "string")], rows, output="number")
        rules = tmp_path / "m.dmn"
        rules.write_bytes(
            definitions(
                data("规模", "string"),
                data("社保缴纳人数", "number"),
                decision("r", body, "i-规模", "i-社保缴纳人数"),
            )
        )
        line = [
            "batch",
            str(rules),
            "--decision",
            "r",
            "--table",
            str(firms),
            "--out",
            str(tmp_path / "o.parquet"),
        ]
        done = CliRunner().invoke(app, line)

        assert done.exit_code == 1
        assert not (tmp_path / "o.parquet").exists()
        book = read_rulebook([rules])
        with pytest.raises(RulesNotInSql) as refused:
            decide_table(book, "r", table=firms, out=tmp_path / "o.parquet")
        places = [(each.place.decision, each.place.row) for each in refused.value.faults]
        assert places == [("r", 1), ("r", 1), ("r", 2)]
        assert all(each.place.line for each in refused.value.faults)

    def test_recursion_ends(self, firms):
        text = "{f: function(x) if x > 0 then f(x - 1) else 0, y: f(社保缴纳人数)}.y"
        model = definitions(data("社保缴纳人数", "number"), decision("r", literal(text), "i-社保缴纳人数"))
        with pytest.raises(RulesNotInSql):
            decide_table(read_rulebook([("m", model)]), "r", table=firms, out=firms.with_name("o"))

    def test_a_missing_column_is_named(self, firms):
        model = definitions(data("没有", "number"), decision("r", literal("没有 + 1"), "i-没有"))
        with pytest.raises(RulesNotInSql, match="没有"):
            decide_table(read_rulebook([("m", model)]), "r", table=firms, out=firms.with_name("o"))
