"""Loading names every fault of every cell, with its place; a file of unknown hands ends in a clear refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.support.decisions.dmn.xml import read_xml
from shuzhi.support.decisions.errors import RuleFileRefused, RulesFaulty
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.types import FileLimits

from .models import data, decision, definitions, literal, rulebook, table


class TestEveryFaultAtOnce:
    def test_every_broken_cell_is_named_with_row_and_column(self):
        book = rulebook(
            data("月数", "number"),
            data("行业", "string"),
            decision(
                "资格",
                table(
                    [("月数", "number"), ("行业", "string")],
                    [['"十二"', "-", '"是"'], ["> ", '"制造"', '"是"'], [">= 12", "制造", "1 +"]],
                    output="string",
                ),
                "i-月数",
                "i-行业",
            ),
        )

        found = [(each.code, each.place.row, each.place.heading) for each in book.faults]

        assert found == [
            ("cell-ill-typed", 1, "月数"),
            ("feel-syntax", 2, "月数"),
            ("name-unknown", 3, "行业"),
            ("feel-syntax", 3, "1"),
        ]
        with pytest.raises(RulesFaulty, match="4 faults"):
            book.sound()

    def test_the_place_is_that_of_the_character(self):
        book = rulebook(decision("D", "\n" + literal("1 +\n  nobody")))

        fault = book.faults[0]

        assert (fault.place.file, fault.place.line, fault.place.column) == ("m.dmn", 4, 3)
        assert "nobody" in fault.message.en
        assert "nobody" in fault.message.zh

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ([decision("D", literal("1"), "d-X")], "reference-unknown"),
            ([decision("A", literal("1"), "d-B"), decision("B", literal("1"), "d-A")], "cycle"),
            ([decision("A", literal("1")), decision("A", literal("2"))], "id-twice"),
            ([decision("D", "")], "logic-missing"),
            ([data("x", "tNobody")], "type-unknown"),
            ([decision("D", "<context><contextEntry/></context>")], "entry-empty"),
            ([decision("D", "<conditional><if>" + literal("true") + "</if></conditional>")], "part-missing"),
            ([decision("D", '<literalExpression expressionLanguage="urn:js"><text>1</text></literalExpression>')],
             "language-unknown"),
            ([decision("D", '<functionDefinition kind="Java"/>')], "function-external"),
            (['<import name="o" namespace="urn:o" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'],
             "import-missing"),
            ([decision("D", '<decisionTable hitPolicy="MOST"><output/></decisionTable>')], "word-unknown"),
            ([decision("D", '<decisionTable hitPolicy="PRIORITY"><output/></decisionTable>')], "priority-missing"),
            ([decision("D", '<decisionTable aggregation="SUM"><output/></decisionTable>')],
             "aggregation-misplaced"),
            ([decision("D", "<decisionTable><output/><output/></decisionTable>")], "output-unnamed"),
            ([decision("D", "<decisionTable><input/><output/></decisionTable>")], "input-missing"),
            ([decision("D", "<decisionTable><output/><rule/></decisionTable>")], "cells-miscounted"),
        ],
    )  # fmt: skip
    def test_each_kind_of_fault(self, parts, code):
        assert code in {each.code for each in rulebook(*parts).faults}

    def test_faulty_rules_can_be_asked_what_is_sound(self):
        book = rulebook(decision("A", literal("1 + 1")), decision("B", literal("1 +")))

        assert book.decide("A", {}).value == 2
        assert book.decide("B", {}).status == "error"

    def test_a_type_that_is_only_itself_ends(self):
        book = rulebook(
            '<itemDefinition name="tA"><typeRef>tB</typeRef></itemDefinition>',
            '<itemDefinition name="tB"><typeRef>tA</typeRef></itemDefinition>',
            data("x", "tA"),
            decision("D", table([("x", "tA")], [["1", '"one"']]), "i-x"),
        )

        assert book.decide("D", {"x": 1}).value == "one"


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "doctype"),
            (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype"),
            (b"<a>&nobody;</a>", "syntax"),
            (b"<a>" * 500, "depth"),
            (b"", "syntax"),
            (b"\xff\xfe\x00", "syntax"),
            (b'<?xml version="1.0" encoding="martian"?><a/>', "encoding"),
            (b"<definitions xmlns='urn:other'/>", "namespace"),
            (b"<a>" + b"x" * 2000 + b"</a>", "size"),
        ],
    )
    def test_refused_with_a_reason(self, content, reason):
        with pytest.raises(RuleFileRefused) as refused:
            read_rulebook([("x.dmn", content)], limits=FileLimits(size=1800))

        assert refused.value.reason == reason
        assert refused.value.message_zh.startswith("x.dmn")

    def test_chinese_encodings_are_read(self):
        text = '<?xml version="1.0" encoding="GB18030"?><甲 乙="丙">丁</甲>'

        root = read_xml(text.encode("gb18030"), file="x")

        assert (root.name, root.get("乙"), root.text) == ("甲", "丙", "丁")

    @given(st.text(max_size=300))
    def test_any_text_as_a_cell_ends_in_an_answer(self, text):
        clean = "".join(each for each in text if each.isprintable())
        book = rulebook(data("x", "number"), decision("D", table([("x", "number")], [[clean, "1"]]), "i-x"))

        assert book.decide("D", {"x": 1}).status in ("value", "not_evaluable", "error")

    def test_endless_recursion_ends_in_an_error(self):
        knowledge = (
            '<businessKnowledgeModel id="k" name="f"><variable name="f"/><encapsulatedLogic>'
            f'<formalParameter name="n"/>{literal("f(n + 1)")}</encapsulatedLogic></businessKnowledgeModel>'
        )
        asking = decision("D", literal("f(1)")).replace(
            "<literalExpression>",
            '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement><literalExpression>',
        )

        answer = rulebook(knowledge, asking).decide("D", {})

        assert answer.status == "error"
        assert answer.problems[-1].code == "decisions.limit_exceeded"

    def test_a_file_of_another_version_is_the_same_model(self):
        older = definitions(decision("D", literal("1")), model="http://www.omg.org/spec/DMN/20151101/dmn.xsd")

        assert read_rulebook([("x", older)]).sound().decide("D", {}).value == 1
