"""Never silent: a value, or what is missing, or where the rule is wrong; and each answer says why."""

from __future__ import annotations

import json

import pytest

from shuzhi.support.decisions.queries import explained, reason, trace_of

from .models import data, decision, literal, rulebook, table

ELIGIBLE = (
    data("注册月数", "number"),
    data("社保人数", "number"),
    decision(
        "资格",
        table(
            [("注册月数", "number"), ("社保人数", "number")],
            [
                ["< 12", "-", '"不符合"', "某某办法 第二条"],
                [">= 12", "< 3", '"不符合"', "某某办法 第三条"],
                [">= 12", ">= 3", '"符合"', "某某办法 第三条"],
            ],
            annotations=["依据"],
        ),
        "i-注册月数",
        "i-社保人数",
        type_="string",
    ),
    decision("告知", literal('"结果：" + 资格'), "d-资格", type_="string"),
)


@pytest.fixture(scope="module")
def book():
    return rulebook(*ELIGIBLE).sound()


class TestThreeAnswers:
    def test_a_value_with_row_and_law(self, book):
        answer = book.decide("资格", {"注册月数": 14, "社保人数": 5}, trace=True)

        assert (answer.status, answer.value) == ("value", "符合")
        assert (
            reason(answer).zh
            == "资格：符合（因第 3 条：注册月数不少于 12，社保人数不少于 3；依据：某某办法 第三条）"
        )

    def test_what_is_missing_is_named(self, book):
        answer = book.decide("资格", {"注册月数": 14}, trace=True)

        assert (answer.status, answer.missing) == ("not_evaluable", ("社保人数",))
        assert reason(answer).zh == "资格：无法判断，缺：社保人数"
        assert "因第 3 条：社保人数不少于 3，缺：社保人数" in explained(answer.trace).zh

    def test_what_is_not_needed_may_be_missing(self, book):
        assert book.decide("资格", {"注册月数": 3}).value == "不符合"

    def test_a_value_of_another_type_is_named(self, book):
        answer = book.decide("资格", {"注册月数": "很久", "社保人数": 5})

        assert (answer.status, answer.missing) == ("not_evaluable", ("注册月数",))

    def test_missing_input_of_a_decision_below(self, book):
        answer = book.decide("告知", {"注册月数": 14})

        assert (answer.status, answer.missing) == ("not_evaluable", ("社保人数",))

    def test_an_error_in_the_rule_has_its_place(self):
        faulty = rulebook(data("x", "number"), decision("D", literal("x + 无此名"), "i-x"))

        answer = faulty.decide("D", {"x": 1})

        assert answer.status == "error"
        assert answer.problems[0].place.line == 3
        assert reason(answer).zh.startswith("D：规则有误（m.dmn:3:")

    def test_a_null_with_no_reason_is_a_value(self):
        assert rulebook(decision("D", literal("null"))).decide("D", {}).status == "value"


class TestStrict:
    def test_a_row_that_cannot_be_told_makes_the_answer_doubtful(self):
        first = rulebook(
            data("a", "number"),
            data("b", "number"),
            decision(
                "D", table([("a", "number"), ("b", "number")], [["-", "> 5", "1"], ["> 0", "-", "2"]], hit="FIRST"),
                "i-a", "i-b",
            ),
        )  # fmt: skip

        assert first.decide("D", {"a": 1}).value == 2
        strict = first.decide("D", {"a": 1}, strict=True)
        assert (strict.status, strict.value, strict.missing) == ("not_evaluable", None, ("b",))

    def test_what_comes_after_the_first_hit_does_not_matter(self):
        first = rulebook(
            data("a", "number"),
            data("b", "number"),
            decision(
                "D", table([("a", "number"), ("b", "number")], [["> 0", "-", "2"], ["-", "> 5", "1"]], hit="FIRST"),
                "i-a", "i-b",
            ),
        )  # fmt: skip

        assert first.decide("D", {"a": 1}, strict=True).value == 2

    def test_a_null_swallowed_on_the_way_is_a_reason(self):
        swallowing = rulebook(data("x"), decision("D", literal('if x > 5 then "大" else "小"'), "i-x"))

        assert swallowing.decide("D", {"x": "词"}).value == "小"
        assert swallowing.decide("D", {"x": "词"}, strict=True).status == "not_evaluable"


class TestTrace:
    def test_is_json_and_small(self, book):
        answer = book.decide("告知", {"注册月数": 14, "社保人数": 5}, trace=True)

        document = json.dumps(answer.as_dict(), ensure_ascii=False)

        assert len(document) < 1200
        steps = json.loads(document)["trace"]["steps"]
        assert [step["decision"] for step in steps] == ["资格", "告知"]
        assert steps[0]["tables"][0]["hit"][0]["basis"] == ["某某办法 第三条"]
        assert {row["row"]: row["why"] for row in steps[0]["tables"][0]["failed"]} == {1: "false", 2: "false"}

    @pytest.mark.parametrize(
        "inputs", [{"注册月数": 14, "社保人数": 5}, {"注册月数": 0.5}, {"社保人数": "x"}, {}]
    )
    def test_what_was_stored_is_put_into_the_same_words(self, book, inputs):
        trace = book.decide("告知", inputs, trace=True).trace

        stored = json.loads(json.dumps(trace.as_dict(), ensure_ascii=False))

        assert explained(trace_of(stored)) == explained(trace)

    def test_numbers_in_a_stored_trace_are_exact(self):
        book = rulebook(decision("D", literal("[0.1, 1000000000000000000000000000000001, 3.00]")))

        assert book.decide("D", {}).as_dict()["value"] == [0.1, "1000000000000000000000000000000001", 3]

    def test_a_long_table_lists_the_nearest_rows_only(self):
        rows = [[f"{at}", f"{at}", f"{at}"] for at in range(500)]
        long = rulebook(
            data("a", "number"), data("b", "number"),
            decision("D", table([("a", "number"), ("b", "number")], rows), "i-a", "i-b"),
        )  # fmt: skip

        made = long.decide("D", {"a": 7, "b": 8}, trace=True).trace.steps[0].tables[0]

        assert made.failed_count == 500
        assert {row.row for row in made.failed} >= {8, 9}
        assert "另有 492 条不符" in explained(long.decide("D", {"a": 7, "b": 8}, trace=True).trace).zh

    def test_a_decision_handed_in_is_said_to_be(self, book):
        answer = book.decide("告知", {"资格": "符合"}, trace=True)

        assert answer.value == "结果：符合"
        assert answer.trace.steps[0].given
