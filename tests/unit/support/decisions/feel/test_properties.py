"""What holds for whatever text, number or date: round trips, Python's own arithmetic, and no surprises."""

from __future__ import annotations

import datetime as dt
import decimal
from decimal import Decimal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression, parse_unary_tests
from shuzhi.support.decisions.feel.printing import text_of
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values import Date, from_python, same, to_python
from shuzhi.support.decisions.feel.values.dates import date_from_ordinal, days_from_civil
from shuzhi.support.decisions.feel.values.numbers import CONTEXT

WORDS = ["a", "b", "a-b", "注册 资本", "年龄", "x y z", "sum", "date and time"]
NAMES = Names.of(WORDS)
SMALL = Limits(steps=2000, depth=20, items=2000, characters=2000)

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
names = st.sampled_from(WORDS).map(nodes.Name)
literals = st.one_of(
    numbers.map(lambda value: nodes.Number(value or Decimal(0))),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5).map(nodes.String),
    st.booleans().map(nodes.Boolean),
    st.just(nodes.Null()),
    st.sampled_from(["2020-02-29", "10:00:00@Asia/Shanghai", "P1DT2H", "-P3M", "nothing"]).map(
        nodes.AtLiteral
    ),
)
keys = st.sampled_from(["k", "年", "my key", "a+b", "1 + 1", '"', "if"])
locals_ = st.sampled_from(["i", "甲 乙", "u-v"])
types = st.recursive(
    st.sampled_from(["number", "date and time", "Any"]).map(nodes.TypeName),
    lambda inner: st.one_of(
        inner.map(nodes.ListType),
        inner.map(nodes.RangeType),
        st.builds(lambda item: nodes.ContextType((nodes.FieldType("k", item),)), inner),
        st.builds(nodes.FunctionType, st.lists(inner, max_size=2).map(tuple), inner),
    ),
    max_leaves=4,
)


def built(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    iterators = st.lists(
        st.builds(nodes.Iterator, locals_, inner, st.none() | inner), min_size=1, max_size=2
    ).map(tuple)
    return st.one_of(
        st.builds(nodes.Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(nodes.Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        inner.map(nodes.Negation).filter(lambda node: not isinstance(node.operand, nodes.Number)),
        several.map(nodes.Conjunction),
        several.map(nodes.Disjunction),
        st.builds(nodes.Between, inner, inner, inner),
        st.builds(nodes.In, inner, several),
        st.builds(nodes.InstanceOf, inner, types),
        st.builds(nodes.If, inner, inner, inner),
        st.builds(nodes.For, iterators, inner),
        st.builds(nodes.Quantified, st.sampled_from(["some", "every"]), iterators, inner),
        st.builds(nodes.Path, inner, st.sampled_from(["k", "time offset", "年 龄"])),
        st.builds(nodes.Filter, inner, inner),
        st.builds(nodes.Call, inner, st.lists(inner, max_size=3).map(tuple)),
        st.builds(lambda f, a: nodes.Call(f, (a,), ("start position",)), inner, inner),
        st.lists(inner, max_size=3).map(tuple).map(nodes.ListLiteral),
        st.dictionaries(keys, inner, max_size=3).map(
            lambda entries: nodes.ContextLiteral(tuple(nodes.Entry(*each) for each in entries.items()))
        ),
        st.builds(nodes.RangeLiteral, inner, inner, st.booleans(), st.booleans()),
        st.builds(nodes.Bound, st.sampled_from(["<", "<=", ">", ">="]), inner),
        st.builds(
            lambda type_, body: nodes.FunctionDefinition((nodes.Parameter("p q", type_),), body),
            st.none() | types,
            inner,
        ),
    )


trees = st.recursive(literals | names, built, max_leaves=8)


class TestRoundTrip:
    @settings(max_examples=400, deadline=None)
    @given(trees)
    def test_what_is_printed_is_read_again(self, tree):
        text = text_of(tree)
        assert parse_expression(text, names=NAMES) == tree, text

    @settings(max_examples=300, deadline=None)
    @given(trees)
    def test_every_tree_has_a_value_or_ends_in_a_limit(self, tree):
        scope = Scope({"a": Decimal(1), "年龄": [Decimal(2)], "b": "x"}, limits=SMALL)
        try:
            compile_expression(tree)(scope)
        except LimitExceeded:
            return


PIECES = st.sampled_from(
    [
        *"()[]{},.:+-*/<>=@\"'?",
        *[
            "if",
            "then",
            "else",
            "for",
            "in",
            "return",
            "some",
            "every",
            "satisfies",
            "function",
            "and",
            "or",
            "not",
            "between",
            "instance",
            "of",
            "null",
        ],
        *[
            "..",
            "**",
            "->",
            "//",
            "/*",
            "*/",
            "1",
            "0.5",
            "a-b",
            "年龄",
            "list<",
            '"x"',
            "\\u12",
            " ",
            "\n",
            "item",
            "partial",
        ],
    ]
)


def refusal(parse, text):
    try:
        parse(text, names=NAMES)
    except FeelSyntaxError as fault:
        return fault
    return None


class TestAnyText:
    @settings(max_examples=500, deadline=None)
    @given(
        st.lists(PIECES, max_size=25).map(" ".join)
        | st.lists(PIECES, max_size=25).map("".join)
        | st.text(max_size=40)
    )
    @example("]1..5[" * 20)
    @example("x" + "[1" * 90)
    def test_is_read_or_refused_with_a_place(self, text):
        for parse in (parse_expression, parse_unary_tests):
            fault = refusal(parse, text)
            assert fault is None or (0 <= fault.start <= len(text) and fault.line >= 1 and fault.column >= 1)

    @settings(max_examples=300, deadline=None)
    @given(st.lists(PIECES, max_size=15).map(" ".join))
    def test_what_can_be_read_can_be_run(self, text):
        try:
            evaluate(text, {"年龄": 3}, limits=SMALL)
        except (FeelSyntaxError, LimitExceeded):
            return


class TestNumbers:
    @given(numbers, numbers)
    def test_arithmetic_is_that_of_decimal(self, a, b):
        for sign, call in (("+", CONTEXT.add), ("-", CONTEXT.subtract), ("*", CONTEXT.multiply)):
            assert evaluate(f"a {sign} b", {"a": a, "b": b}).value == call(a, b)
        assert evaluate("a < b", {"a": a, "b": b}).value is (a < b)

    @given(numbers, numbers)
    def test_modulo_has_the_sign_of_the_divisor(self, a, b):
        assume(b)
        rest = evaluate("modulo(a, b)", {"a": a, "b": b}).value
        assert not rest or (rest < 0) == (b < 0)
        assert abs(rest) < abs(b)

    @given(numbers, st.integers(-3, 3))
    def test_rounding_is_that_of_decimal(self, a, scale):
        found = evaluate("decimal(a, scale)", {"a": a, "scale": scale}).value
        assert found == a.quantize(Decimal(1).scaleb(-scale), decimal.ROUND_HALF_EVEN)

    @given(numbers)
    def test_a_number_survives_its_text(self, a):
        assert evaluate("number(string(a), null, null) = a", {"a": a}).value is True


days = st.dates()
moments = st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=8)), None]))


class TestDates:
    @given(days, days)
    def test_differences_are_pythons(self, a, b):
        assert evaluate("a - b", {"a": a, "b": b}).value == from_python(a - b)
        assert evaluate("a < b", {"a": a, "b": b}).value is (a < b)

    @given(days)
    def test_calendar_is_pythons(self, day):
        found = evaluate("[d.weekday, day of year(d), week of year(d)]", {"d": day}).value
        assert found == [day.isoweekday(), day.timetuple().tm_yday, day.isocalendar().week]

    @given(moments, st.timedeltas(dt.timedelta(days=-1000), dt.timedelta(days=1000)))
    def test_moving_is_pythons(self, moment, step):
        assume(3 < moment.year < 9990)
        assert evaluate("m + s", {"m": moment, "s": step}).value == from_python(moment + step)

    @given(st.integers(-300_000_000_000, 300_000_000_000))
    def test_a_day_is_found_again(self, ordinal):
        date = date_from_ordinal(ordinal)
        assert days_from_civil(date.year, date.month, date.day) == ordinal

    @given(moments | days | st.times())
    def test_a_value_survives_its_text(self, value):
        feel = from_python(value)
        function = {Date: "date"}.get(type(feel), "time" if isinstance(value, dt.time) else "date and time")
        assert same(evaluate(f"{function}(t)", {"t": to_python(feel)}).value, feel)


@pytest.mark.parametrize("bad", [object(), {1, 2}, b"x"])
def test_strange_python_values_are_refused(bad):
    with pytest.raises(TypeError):
        from_python(bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), Decimal("1e7000")])
def test_numbers_without_a_place_are_refused(bad):
    with pytest.raises(ArithmeticError):
        from_python(bad)
