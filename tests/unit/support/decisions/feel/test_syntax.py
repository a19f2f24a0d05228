"""Texts and the trees they make (10.3.1), and the faults that are found in them."""

from __future__ import annotations

import pytest

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.names import Names, normal_name
from shuzhi.support.decisions.feel.parser import (
    SyntaxLimits,
    parse_expression,
    parse_type,
    parse_unary_tests,
)
from shuzhi.support.decisions.feel.values.types import NUMBER, ContextOf, ListOf

FIRM = ContextOf((("成立-日期", NUMBER), ("Staff Number", NUMBER)))
NAMES = Names.of(
    {"a-b": None, "a": None, "b": None, "注册 资本": NUMBER, "企业": FIRM, "Profit and loss": NUMBER}
)


def tree(text, names=NAMES):
    return parse_expression(text, names=names)


class TestNames:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("a-b", "a-b"),
            ("a - b", "a-b"),
            ("a  -b", "a-b"),
            ("注册  资本", "注册 资本"),
            ("Profit and  loss", "Profit and loss"),
            ("undeclared name", "undeclared name"),
            ("Phase 2 cost", "Phase 2 cost"),
        ],
    )
    def test_longest_match_wins(self, text, name):
        assert tree(text) == nodes.Name(name)

    def test_parentheses_take_names_apart(self):
        assert isinstance(tree("(a)-(b)"), nodes.Arithmetic)

    def test_names_nobody_declared_are_told(self):
        assert [each.name for each in nodes.undeclared(tree("a + 未知 + b"))] == ["未知"]

    def test_components_may_have_operators_in_their_names(self):
        assert tree("企业.成立-日期 + 1") == nodes.Arithmetic(
            "+", nodes.Path(nodes.Name("企业"), "成立-日期"), tree("1")
        )

    def test_components_of_unknown_things_are_words_as_far_as_they_go(self):
        assert tree("x.Flight Number = 1").left == nodes.Path(nodes.Name("x"), "Flight Number")

    def test_components_are_names_within_a_filter(self):
        assert tree("企业[成立-日期 > 3]").condition.left == nodes.Name("成立-日期")

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("for my item in [1] return my item", "my item"),
            ("some x+y in [1] satisfies x+y", "x+y"),
            ("function(x y) x y", "x y"),
            ("{x y: 1, z: x y}", "x y"),
        ],
    )
    def test_what_a_text_declares_is_declared(self, text, name):
        found = [each for each in nodes.walk(tree(text)) if isinstance(each, nodes.Name)]
        assert [(each.name, each.declared) for each in found] == [(name, True)]

    def test_entries_see_only_earlier_entries(self):
        (name,) = nodes.undeclared(tree("{x: later, later: 1}"))
        assert name.name == "later"

    def test_keywords_may_be_in_names(self):
        assert tree("if Profit and loss > 1 then a else b").condition.left == nodes.Name("Profit and loss")

    @pytest.mark.parametrize(
        ("text", "normal"),
        [("Phone   Number", "Phone Number"), ("a - b", "a-b"), ("x'", "x'"), ("  年龄 ", "年龄"), ('"', '"')],
    )
    def test_normal_form(self, text, normal):
        assert normal_name(text) == normal


class TestPrecedence:
    @pytest.mark.parametrize(
        ("text", "same"),
        [
            ("1 + 2 * 3", "1 + (2 * 3)"),
            ("1 - 2 - 3", "(1 - 2) - 3"),
            ("2 ** 3 ** 2", "(2 ** 3) ** 2"),
            ("-a ** 2", "(-a) ** 2"),
            ("2 ** -1", "2 ** (-1)"),
            ("a or b and a", "a or (b and a)"),
            ("a < b and b < a", "(a < b) and (b < a)"),
            ("1 + a < 2 * b", "(1 + a) < (2 * b)"),
            ("a between 1 and 2 and b", "(a between 1 and 2) and b"),
            ("-1 instance of number", "(-1) instance of number"),
            ("a + b instance of number", "a + (b instance of number)"),
            ("a in 1 or b", "(a in 1) or b"),
            ("if a then b else a + b", "if a then b else (a + b)"),
            ("for x in a return x + 1", "for x in a return (x + 1)"),
            ("a.b[1].c", "((a.b)[1]).c"),
            ("-a.b", "-(a.b)"),
        ],
    )
    def test_binds_as_the_grammar_orders(self, text, same):
        assert tree(text) == tree(same)

    @pytest.mark.parametrize("text", ["[1..5]", "(1..5]", "]1..5]", "[1..5)", "[1..5[", "]1..5["])
    def test_six_ways_to_write_a_range(self, text):
        found = tree(text)
        assert (found.start_included, found.end_included) == (text[0] == "[", text[-1] == "]")

    def test_an_open_range_may_end_in_a_filter(self):
        assert tree("]1..x[1][") == nodes.RangeLiteral(
            nodes.Number(1), nodes.Filter(nodes.Name("x"), nodes.Number(1)), False, False
        )

    def test_a_range_in_parentheses_is_one_test(self):
        assert len(tree("a in (1..5)").tests) == 1
        assert len(tree("a in (1, (2..5), > 7)").tests) == 3


class TestLiterals:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            (r'"a\nb"', "a\nb"),
            (r'"a\"b"', 'a"b'),
            (r'"\\"', "\\"),
            (r'"\'"', "'"),
            (r'"马"', "马"),
            (r'"\U01F40E"', "🐎"),
            (r'"\uD83D\uDC0E"', "🐎"),
            (r'"\d"', r"\d"),
            ('"🐎"', "🐎"),
            ('""', ""),
        ],
    )
    def test_strings(self, text, value):
        assert tree(text) == nodes.String(value)

    @pytest.mark.parametrize(
        "text", ["1 /* one */ + 1", "1 + // two\n 1", "/**/1+1", "1 +\u30001", "1\u00a0+ 1"]
    )
    def test_comments_and_white_space_separate(self, text):
        assert tree(text) == tree("1+1")

    @pytest.mark.parametrize("text", ["0.5", ".5", "00.50", "-0.5"])
    def test_numbers(self, text):
        assert abs(tree(text).value) == nodes.Number(tree("0.5").value).value

    def test_every_node_knows_its_place(self):
        node = tree("1 +\n  年龄")
        assert node.right.span == nodes.Span(6, 8, 2, 3)
        assert node.span == nodes.Span(0, 8, 1, 1)


class TestUnaryTests:
    @pytest.mark.parametrize(
        ("text", "count", "negated"),
        [
            ("1", 1, False),
            ("1,2", 2, False),
            ("not(1,2)", 2, True),
            ("< 5, [7..9]", 2, False),
            ("not(a) or b", 1, False),
        ],
    )
    def test_a_list_of_tests(self, text, count, negated):
        found = parse_unary_tests(text, names=NAMES)
        assert (len(found.tests), found.negated) == (count, negated)

    def test_a_dash_is_any_value(self):
        assert parse_unary_tests(" - ") == nodes.AnyTest()


class TestTypes:
    @pytest.mark.parametrize(
        "text",
        [
            "number",
            "date and time",
            "days and time duration",
            "list<list<string>>",
            "range<date and time>",
            "context<年龄: number, full name: string>",
            "function<number, string> -> boolean",
            "function<> -> Any",
            "model.tFirm",
        ],
    )
    def test_reads(self, text):
        assert isinstance(parse_type(text), nodes.TypeNode)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "line", "column", "expected"),
        [
            ("", 1, 1, "an expression"),
            ("1 +", 1, 4, "an expression"),
            ("(1 + 2", 1, 7, "“,” or “)”"),
            ("[1, 2", 1, 6, "“,” or “]”"),
            ("if a then b", 1, 12, "“else”"),
            ("for x in a", 1, 11, "“return”"),
            ("a\n + + b )", 2, 4, "an expression"),
            ('"open', 1, 1, "a closing quotation mark"),
            ("1 # 2", 1, 3, "a name, a literal or an operator"),
            ("{a: 1, a: 2}", 1, 8, "a key that is new"),
            ("a b)", 1, 4, "an operator or the end of the text"),
            ("@5", 1, 2, "a string"),
            ("/* never closed", 1, 1, "the end of the comment, */"),
            ("[1..2", 1, 6, "“]”, “)” or “[”"),
            ("x instance of 5", 1, 15, "a type"),
            ("9" * 7000, 1, 1, "a number within decimal128"),
        ],
    )
    def test_names_place_and_what_was_expected(self, text, line, column, expected):
        with pytest.raises(FeelSyntaxError) as caught:
            parse_expression(text)
        assert (caught.value.line, caught.value.column) == (line, column)
        assert caught.value.facts["expected"] == expected
        assert "应为" in caught.value.message_zh

    @pytest.mark.parametrize(
        "text",
        [
            "(" * 5000,
            "[" * 5000 + "]" * 5000,
            "-" * 5000 + "1",
            "1" + "+1" * 5000,
            "a" * 1_000_000,
            "not(" * 3000,
            "{a:" * 3000,
            "if a then " * 2000,
            "x[" * 4000,
            "1" + "**1" * 3000,
            "a" + ".b" * 5000,
            "]1.." * 3000,
            "x in (" * 3000,
            "list<" * 3000,
        ],
    )
    def test_depth_and_length_are_limited(self, text):
        with pytest.raises(FeelSyntaxError):
            parse_expression(text)

    def test_the_caller_sets_the_limits(self):
        with pytest.raises(FeelSyntaxError):
            parse_expression("1 + 1", limits=SyntaxLimits(length=3))
        with pytest.raises(FeelSyntaxError):
            parse_expression("((1))", limits=SyntaxLimits(depth=2))

    def test_long_chains_of_and_are_flat(self):
        assert len(parse_expression(" and ".join(["true"] * 3000)).items) == 3000

    def test_types_in_a_list_are_known(self):
        names = Names.of({"firms": ListOf(FIRM)})
        assert parse_expression("firms[Staff Number > 3].成立-日期", names=names).name == "成立-日期"
