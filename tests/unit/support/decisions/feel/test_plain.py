"""What is read by one pattern is read as the parser reads it, places included."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.parser import DEFAULT, NO_NAMES, Parser, _parse
from shuzhi.support.decisions.feel.parser.plain import plain_expression, plain_tests
from shuzhi.support.decisions.feel.tree import packed

SPACES = st.sampled_from(["", " ", "  "])
NUMBERS = st.from_regex(r"[0-9]{1,40}(\\.[0-9]{1,40})?", fullmatch=True)
LITERALS = st.one_of(
    NUMBERS,
    st.text(st.sampled_from('ab 甲,.[]()<>-\U0001f40e"\\\\'), max_size=6).map(lambda text: f'"{text}"'),
    st.sampled_from(["true", "false", "null", "1e3", "-5", ".5", "x", "-"]),
)
TEXTS = st.one_of(
    st.tuples(SPACES, LITERALS, SPACES).map("".join),
    st.lists(st.tuples(SPACES, LITERALS, SPACES).map("".join), min_size=2, max_size=4).map(",".join),
    st.tuples(SPACES, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), SPACES, LITERALS, SPACES).map("".join),
    st.tuples(
        SPACES, st.sampled_from("[(]"), SPACES, NUMBERS, SPACES, st.just(".."), SPACES, NUMBERS, SPACES,
        st.sampled_from("])["), SPACES,
    ).map("".join),
    st.text(st.sampled_from('12."[](),<>=- trueab'), max_size=12),
)  # fmt: skip


def parsed(text, read):
    try:
        return packed(_parse(text, NO_NAMES, DEFAULT, read))
    except FeelSyntaxError:
        return "refused"


@given(TEXTS)
def test_tests_are_what_the_parser_makes_of_them(text):
    found = plain_tests(text)

    assert found is None or packed(found) == parsed(text, Parser.whole_tests)


@given(TEXTS)
def test_expressions_are_what_the_parser_makes_of_them(text):
    found = plain_expression(text)

    assert found is None or packed(found) == parsed(text, Parser.whole_expression)


def test_the_plain_ones_are_read_by_the_pattern():
    for text in ("12", '"甲"', "true", ">= 12.5", "[1..3)", '"a", "b"', " < 3 "):
        assert plain_tests(text) is not None
