"""Our own cases in the public kit's layout, and how the reader of that layout behaves."""

from __future__ import annotations

import datetime as dt
import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shuzhi.support.decisions.dmn.tck.cases import Record, Scalar, Sequence
from shuzhi.support.decisions.dmn.tck.report import report_of
from shuzhi.support.decisions.dmn.tck.running import CaseTooLong, limited, run_kit
from shuzhi.support.decisions.dmn.tck.values import agrees, value_of
from shuzhi.support.decisions.errors import CasesMissing
from shuzhi.terminals.console import rules

KIT = Path(__file__).parents[4] / "data" / "dmn-kit"
AT = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
VERDICTS = list(run_kit(KIT, at=AT))


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda each: each.name)
def test_every_case_of_our_kit_passes(verdict):
    assert verdict.passed, verdict.reason


@pytest.mark.parametrize("below", [".", "TestCases", "TestCases/compliance-level-2"])
def test_finds_the_cases_wherever_the_folder_points(below):
    found = report_of(run_kit(KIT / below, at=AT))

    assert found.level2.cases == 47
    assert found.all.cases == (47 if "level" in below else 103)


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(CasesMissing):
        list(run_kit(tmp_path, at=AT))


class TestFaultyCases:
    def test_what_cannot_be_read_counts_as_failed_and_is_named(self, tmp_path):
        case = tmp_path / "compliance-level-3" / "x"
        case.mkdir(parents=True)
        (case / "x.dmn").write_text("<no")
        (case / "x-test-01.xml").write_text("<broken")
        (case / "x-test-02.xml").write_text(_cases("x.dmn", "<value>1</value>"))

        found = list(run_kit(tmp_path, at=AT))

        assert [(each.file, each.case, each.passed) for each in found] == [
            ("x-test-01.xml", "*", False),
            ("x-test-02.xml", "1", False),
        ]
        assert all(each.reason for each in found)

    def test_a_case_without_end_ends(self, tmp_path):
        case = tmp_path / "compliance-level-3" / "x"
        case.mkdir(parents=True)
        (case / "x.dmn").write_text(_model("count(for a in 1..100000, b in 1..100000 return a*b)"))
        (case / "x-test-01.xml").write_text(_cases("x.dmn", "<value>1</value>"))

        assert not next(run_kit(tmp_path, at=AT)).passed

    def test_an_end_that_was_lost_comes_again(self):
        def work():
            for _ in range(400):
                time.sleep(0.01)

        def lose_one():
            with suppress(CaseTooLong):
                work()
            work()

        with limited(0.5), pytest.raises(CaseTooLong):
            lose_one()


def _model(text: str) -> str:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:x" name="x">'
        f'<decision id="d" name="D"><literalExpression><text>{text}</text></literalExpression></decision>'
        "</definitions>"
    )


def _cases(model: str, expected: str) -> str:
    return (
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase">'
        f"<modelName>{model}</modelName><testCase><resultNode name='D'><expected>{expected}</expected>"
        "</resultNode></testCase></testCases>"
    )


class TestWhatACaseAsksFor:
    def test_a_service_is_asked_even_where_a_decision_has_its_name(self, tmp_path):
        model = _file(
            "x",
            '<inputData id="i" name="a"/>'
            '<decision id="one" name="S"><informationRequirement><requiredInput href="#i"/></informationRequirement>'
            "<literalExpression><text>a + 1</text></literalExpression></decision>"
            '<decision id="two" name="T"><informationRequirement><requiredDecision href="#one"/></informationRequirement>'
            "<literalExpression><text>S * 10</text></literalExpression></decision>"
            '<decisionService id="s" name="S"><outputDecision href="#two"/><encapsulatedDecision href="#one"/>'
            '<inputData href="#i"/></decisionService>',
        )
        asked = _case('type="decisionService" invocableName="S"', "S", "20", a="1")

        assert _verdicts(tmp_path, {"x.dmn": model}, asked) == [""]

    def test_decisions_of_a_file_that_is_imported_without_a_name_are_asked_as_its_own(self, tmp_path):
        below = _file(
            "below",
            '<decision id="d" name="D"><literalExpression><text>1</text></literalExpression></decision>',
        )
        above = _file(
            "x", '<import name="" namespace="urn:below" importType="https://www.omg.org/spec/DMN/"/>'
        )

        assert _verdicts(tmp_path, {"x.dmn": above, "below.dmn": below}, _case("", "D", "1")) == [""]

    def test_a_model_that_is_refused_is_the_error_that_a_case_expects(self, tmp_path):
        error = '<testCase><resultNode name="D" errorResult="true"><expected/></resultNode></testCase>'

        found = _verdicts(tmp_path, {"x.dmn": "<no"}, error + _case("", "D", "1"))

        assert found[0] == ""
        assert found[1]


def _file(name: str, parts: str) -> str:
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:{name}" name="{name}">'
        f"{parts}</definitions>"
    )


def _case(attributes: str, result: str, expected: str, **inputs: str) -> str:
    given = "".join(
        f'<inputNode name="{name}"><value xsi:type="xsd:decimal">{value}</value></inputNode>'
        for name, value in inputs.items()
    )
    wanted = f'<expected><value xsi:type="xsd:decimal">{expected}</value></expected>'
    return f'<testCase {attributes}>{given}<resultNode name="{result}">{wanted}</resultNode></testCase>'


def _verdicts(root: Path, models: dict[str, str], cases: str) -> list[str]:
    folder = root / "compliance-level-3" / "x"
    folder.mkdir(parents=True)
    for name, content in models.items():
        (folder / name).write_text(content)
    (folder / "x-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<modelName>x.dmn</modelName>{cases}</testCases>"
    )
    return [each.reason for each in run_kit(root, at=AT)]


class TestComparing:
    def test_numbers_within_one_part_in_a_hundred_million(self):
        assert agrees(Scalar("decimal", "3.14159265"), value_of(Scalar("decimal", "3.141592653589")))
        assert not agrees(Scalar("decimal", "3.1415"), value_of(Scalar("decimal", "3.1416")))

    def test_lists_in_order_contexts_by_entries(self):
        one, two = Scalar("decimal", "1"), Scalar("decimal", "2")

        assert not agrees(Sequence((one, two)), value_of(Sequence((two, one))))
        assert agrees(Record((("a", one), ("b", None))), value_of(Record((("a", one),))))
        assert not agrees(Record((("a", one),)), value_of(Record((("a", one), ("b", two)))))

    def test_a_text_is_no_number(self):
        assert not agrees(Scalar("string", "1"), value_of(Scalar("decimal", "1")))


def test_the_console_prints_one_document():
    found = CliRunner().invoke(rules.app, ["tck", str(KIT), "--json"])

    document = json.loads(found.stdout)
    assert document["level2"] == {"passed": 47, "cases": 47}
    assert document["all"] == {"passed": 103, "cases": 103}
    assert document["non_null"]["cases"] == 68
    assert document["folders"]["compliance-level-3/s111-chain"]["cases"] == 1
