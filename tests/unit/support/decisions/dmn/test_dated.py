"""Rules over time: the day picks the version; gaps and overlaps are faults of the file."""

from __future__ import annotations

from datetime import date

import pytest

from shuzhi.support.decisions.queries import explained

from .models import data, decision, literal, rulebook, table


def validity(since: str = "", until: str = "") -> str:
    first = f' from="{since}"' if since else ""
    return f"<sz:validity{first}" + (f' until="{until}"' if until else "") + "/>"


def codes(book):
    return [each.code for each in book.faults]


def rate(*values: str):
    return decision("利率", literal("3"), type_="number", extension="".join(values))


class TestParameters:
    book = rulebook(
        rate(
            '<sz:value from="2024-01-01" until="2024-12-31" title="甲通知" article="第一条">2.5</sz:value>',
            '<sz:value from="2025-01-01">3</sz:value>',
        ),
        data("本金", "number"),
        decision("利息", literal("本金 * 利率 / 100"), "i-本金", "d-利率", type_="number"),
    ).sound()

    @pytest.mark.parametrize(
        ("day", "value"),
        [
            (date(2024, 1, 1), 2500),
            (date(2024, 12, 31), 2500),
            (date(2025, 1, 1), 3000),
            (date(2999, 1, 1), 3000),
        ],
    )
    def test_the_day_picks_the_value(self, day, value):
        assert self.book.decide("利息", {"本金": 100000}, as_of=day).value == value

    def test_before_the_first_nothing_is_valid(self):
        answer = self.book.decide("利息", {"本金": 1}, as_of=date(2023, 12, 31))

        assert answer.status == "error"
        assert answer.problems[0].code == "not-in-force"
        assert "2023-12-31" in answer.problems[0].message.zh

    def test_without_a_day_the_answer_is_to_ask_for_it(self):
        answer = self.book.decide("利息", {"本金": 1})

        assert (answer.status, answer.missing) == ("not_evaluable", ("as_of",))

    def test_the_trace_names_law_and_period(self):
        answer = self.book.decide("利息", {"本金": 1}, as_of=date(2024, 6, 1), trace=True)

        assert "依据：甲通知 第一条，2024-01-01 至 2024-12-31 有效" in explained(answer.trace).zh

    def test_gaps_and_overlaps(self):
        gap = rate('<sz:value until="2024-12-30">1</sz:value>', '<sz:value from="2025-01-01">2</sz:value>')
        overlap = rate(
            '<sz:value until="2025-01-01">1</sz:value>', '<sz:value from="2025-01-01">2</sz:value>'
        )

        assert codes(rulebook(gap)) == ["periods-gap"]
        assert codes(rulebook(overlap)) == ["periods-overlap"]

    def test_unreadable_days(self):
        assert codes(rulebook(rate('<sz:value from="2025-13-01">1</sz:value>'))) == ["day-unreadable"]
        assert codes(rulebook(rate('<sz:value from="2025-02-01" until="2025-01-01">1</sz:value>'))) == [
            "period-reversed"
        ]


class TestRows:
    def made(self, *periods: tuple[str, str]):
        rows = [["> 0", str(at)] for at in range(len(periods))]
        extensions = [validity(*each) + '<sz:basis title="乙办法"/>' for each in periods]
        return rulebook(
            data("x", "number"),
            decision("D", table([("x", "number")], rows, extensions=extensions), "i-x"),
        )

    def test_the_day_picks_the_row(self):
        book = self.made(("", "2024-12-31"), ("2025-01-01", "")).sound()

        assert book.decide("D", {"x": 1}, as_of=date(2024, 12, 31)).value == 0
        assert book.decide("D", {"x": 1}, as_of=date(2025, 1, 1)).value == 1
        assert book.decider("D", as_of=date(2025, 1, 1))({"x": 1}) == 1
        hit = book.decide("D", {"x": 1}, as_of=date(2025, 1, 1), trace=True).trace.steps[0].tables[0].hits[0]
        assert str(hit.bases[0]) == "乙办法"

    def test_rows_with_the_same_conditions_are_versions(self):
        assert codes(self.made(("", "2024-12-31"), ("2024-12-31", ""))) == ["periods-overlap"]
        assert codes(self.made(("", "2024-12-30"), ("2025-01-01", ""))) == ["periods-gap"]

    def test_annotation_columns_may_say_the_days(self):
        book = rulebook(
            data("x", "number"),
            decision(
                "D",
                table(
                    [("x", "number")],
                    [["> 0", "1", "丙办法", "", "2024-12-31"], ["> 0", "2", "丁办法", "2025-01-01", ""]],
                    annotations=["根据", "自", "至"],
                    extension='<sz:annotations basis="根据" from="自" until="至"/>',
                ),
                "i-x",
            ),
        ).sound()

        answer = book.decide("D", {"x": 1}, as_of=date(2025, 6, 1), trace=True)

        assert answer.value == 2
        assert "依据：丁办法" in explained(answer.trace).zh


class TestTables:
    def made(self, until: str, since: str):
        old = decision("标准", literal('"旧"'), extension=validity(until=until))
        new = decision(
            "标准2025", literal('"新"'), extension=validity(since=since) + '<sz:version of="d-标准"/>'
        )
        return rulebook(old, new, decision("结论", literal("标准"), "d-标准"))

    def test_one_decision_in_two_versions(self):
        book = self.made("2024-12-31", "2025-01-01").sound()

        assert book.decide("结论", {}, as_of=date(2024, 5, 1)).value == "旧"
        assert book.decide("结论", {}, as_of=date(2025, 5, 1)).value == "新"
        assert book.decide("标准", {}, as_of=date(2025, 5, 1)).value == "新"

    def test_gaps_and_overlaps(self):
        assert codes(self.made("2024-12-31", "2025-02-01")) == ["periods-gap"]
        assert codes(self.made("2024-12-31", "2024-12-31")) == ["periods-overlap"]

    def test_a_single_period_has_an_end(self):
        book = rulebook(decision("D", literal("1"), extension=validity("2024-01-01", "2024-12-31"))).sound()

        assert book.decide("D", {}, as_of=date(2024, 6, 1)).value == 1
        assert book.decide("D", {}, as_of=date(2025, 1, 1)).status == "error"
