"""Typed FEEL expressions and rows of data, for whatever back ends must agree.

`expressions()` gives `(text, type)`, written over the variables of `VARIABLES`; `rows()` gives rows for them, with
nulls. Numbers are small enough for 38 digits, quotients end within 10 places unless they stand outermost (`LAST`).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

VARIABLES = {
    "n": "number",
    "注册资本": "number",
    "k": "number",
    "s": "string",
    "行业": "string",
    "b": "boolean",
    "c": "boolean",
    "成立日": "date",
    "e": "date",
}
PLACES = {"注册资本": 2}
WORDS = ["", "a", "ab", "B", "制造", "制造业", "服务", "😀x", "zz"]

_null = st.none()
_days = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))


def rows() -> st.SearchStrategy[dict[str, object]]:
    """A row: a value or null for each variable."""
    amounts = st.integers(-50_000, 500_000).map(lambda value: Decimal(value).scaleb(-2))
    return st.fixed_dictionaries(
        {
            "n": _null | st.integers(-20, 200),
            "注册资本": _null | amounts,
            "k": _null | st.integers(-3, 3),
            "s": _null | st.sampled_from(WORDS),
            "行业": _null | st.sampled_from(WORDS),
            "b": _null | st.booleans(),
            "c": _null | st.booleans(),
            "成立日": _null | _days,
            "e": _null | _days,
        }
    )


def _quoted(text: str) -> str:
    return '"' + text + '"'


def _filled(template: str, parts: tuple[str, ...]) -> str:
    return template.format(*parts)


def _join(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda made: template.format(*made))


def _numbers(depth: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from(["n", "注册资本", "k", "0", "1", "2", "12", "0.5", "100", "-3", "注册资本", "n"])
    if not depth:
        return plain
    n, b, s, d = (each(depth - 1) for each in (_numbers, _booleans, _strings, _dates))
    sign = st.sampled_from("+-*")
    return st.one_of(
        plain,
        _join("({0} {1} {2})", n, sign, n),
        _join("({0} / {1})", plain, st.sampled_from(["2", "4", "5", "0", "-8"])),
        _join("(-{0})", n),
        _join("(if {0} then {1} else {2})", b, n, n),
        _join("{0}({1})", st.sampled_from(["abs", "floor", "ceiling"]), n),
        _join("{0}({1}, {2})", st.sampled_from(
            ["decimal", "round up", "round down", "round half up", "round half down", "floor", "ceiling"]),
            n, st.sampled_from(["0", "1", "-1"])),
        _join("modulo({0}, {1})", n, st.sampled_from(["2", "3", "-3", "k", "0.7"])),
        _join("{0}({1}, {2})", st.sampled_from(["min", "max", "sum"]), n, n),
        _join("{0}([{1}, {2}, {3}])", st.sampled_from(["min", "max", "sum", "count"]), n, n, n),
        _join("count([{0}, {1}][item > {2}])", n, n, n),
        _join("sum([{0}, {1}][item > {2}])", n, n, n),
        _join("[{0}, {1}][{2}]", n, n, st.sampled_from(["1", "2", "-1", "3"])),
        _join("string length({0})", s),
        _join("{0}.{1}", d, st.sampled_from(["year", "month", "day", "weekday"])),
        _join("({0} - {1}).days", d, d),
        _join("years and months duration({0}, {1}).{2}", d, d, st.sampled_from(["years", "months"])),
        _join("(function(x, y) x + y)({0}, {1})", n, n),
        _join("{{u: {0}, v: u + {1}}}.v", n, n),
        _join("((k ** {0}) + {1})", st.sampled_from(["0", "1", "2", "3"]), n),
        _join("day of year({0})", d),
    )  # fmt: skip


def _strings(depth: int) -> st.SearchStrategy[str]:
    plain = st.one_of(st.sampled_from(["s", "行业", "s"]), st.sampled_from(WORDS).map(_quoted))
    if not depth:
        return plain
    b, s, d = (each(depth - 1) for each in (_booleans, _strings, _dates))
    return st.one_of(
        plain,
        _join("({0} + {1})", s, s),
        _join("(if {0} then {1} else {2})", b, s, s),
        _join("substring({0}, {1})", s, st.sampled_from(["1", "2", "-1", "-2", "0"])),
        _join(
            "substring({0}, {1}, {2})", s, st.sampled_from(["1", "2", "-2"]), st.sampled_from(["1", "2", "0"])
        ),
        _join("{0}({1})", st.sampled_from(["upper case", "lower case", "string"]), s),
        _join("{0}({1}, {2})", st.sampled_from(["substring before", "substring after"]), s, s),
        _join("{0}({1})", st.sampled_from(["day of week", "month of year"]), d),
        _join("string({0})", d),
        _join("string({0})", b),
        st.just("string(n)"),
        _join("min({0}, {1})", s, s),
    )


def _dates(depth: int) -> st.SearchStrategy[str]:
    written = _days.map(lambda day: f'date("{day}")')
    plain = st.one_of(st.sampled_from(["成立日", "e", "成立日"]), written)
    if not depth:
        return plain
    b, d = _booleans(depth - 1), _dates(depth - 1)
    spans = st.sampled_from(['"P1M"', '"P1Y2M"', '"-P13M"', '"P1D"', '"P90D"', '"-PT36H"', '"PT1H"'])
    return st.one_of(
        plain,
        _join("({0} + duration({1}))", d, spans),
        _join("({0} - duration({1}))", d, spans),
        _join("(if {0} then {1} else {2})", b, d, d),
        _join("{0}({1}, {2})", st.sampled_from(["min", "max"]), d, d),
    )


def _any(depth: int) -> st.SearchStrategy[str]:
    return st.one_of(*(each(depth) for each in (_numbers, _strings, _booleans, _dates)), st.just("null"))


def _booleans(depth: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from(["b", "c", "true", "false", "b", "c"])
    if not depth:
        return plain
    n, b, s, d, any_ = (each(depth - 1) for each in (_numbers, _booleans, _strings, _dates, _any))
    sign = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    brackets = st.sampled_from(["[{0}..{1}]", "({0}..{1}]", "[{0}..{1})", "({0}..{1})"])
    same = st.one_of(
        st.tuples(n, n), st.tuples(s, s), st.tuples(d, d), st.tuples(b, b), st.tuples(any_, any_)
    )
    three = st.one_of(st.tuples(n, n, n), st.tuples(s, s, s), st.tuples(d, d, d), st.tuples(any_, n, n))
    return st.one_of(
        plain,
        st.tuples(same, sign).map(lambda made: f"({made[0][0]} {made[1]} {made[0][1]})"),
        _join("({0} and {1})", b, b),
        _join("({0} or {1})", b, b),
        _join("({0} and {1} and {2})", b, b, b),
        _join("not({0})", b),
        _join("({0} = null)", any_),
        three.map(lambda made: _filled("({0} between {1} and {2})", made)),
        st.tuples(three, brackets).map(lambda made: f"({made[0][0]} in {made[1].format(*made[0][1:])})"),
        three.map(lambda made: _filled("({0} in ({1}, {2}))", made)),
        three.map(lambda made: _filled("({0} in [{1}, {2}])", made)),
        _join("({0} in (< {1}, >= {2}))", n, n, n),
        _join("({0} in (not({1})))", b, b),
        _join("list contains([{0}, {1}], {2})", n, n, n),
        _join("{0}([{1}, {2}])", st.sampled_from(["all", "any"]), b, b),
        _join("{0}({1}, {2})", st.sampled_from(["contains", "starts with", "ends with"]), s, s),
        _join("(if {0} then {1} else {2})", b, b, b),
        _join("({0} x in [{1}, {2}] satisfies x > {3})", st.sampled_from(["some", "every"]), n, n, n),
        _join("({0} instance of {1})", any_, st.sampled_from(["number", "string", "boolean", "date"])),
        _join('matches({0}, "{1}")', s, st.sampled_from(["^a", "b$", "[a-z]+", "制造"])),
        _join("{0}({1})", st.sampled_from(["odd", "even"]), n),
        _join('(({0} - {1}) > duration("P30D"))', d, d),
    )


def expressions(depth: int = 3) -> st.SearchStrategy[tuple[str, str]]:
    """A text of FEEL and the type of its value."""
    return st.one_of(
        _numbers(depth).map(lambda text: (text, "number")),
        _booleans(depth).map(lambda text: (text, "boolean")),
        _strings(depth).map(lambda text: (text, "string")),
        _dates(depth).map(lambda text: (text, "date")),
        _join("({0} / {1})", _numbers(1), st.sampled_from(["3", "7", "n", "注册资本"])).map(
            lambda text: (text, "number")
        ),
    )


def cells_of(name: str) -> st.SearchStrategy[str]:
    """Unary tests that may be put to a variable, as the cells of a table have them."""
    kind = VARIABLES[name]
    one = {"number": _numbers, "string": _strings, "boolean": _booleans, "date": _dates}[kind](0)
    shapes = [one, st.just("-"), st.just("null"), _join("not({0})", one), _join("{0}, {1}", one, one)]
    if kind in ("number", "date"):
        sign = st.sampled_from(["<", "<=", ">", ">="])
        shapes += [_join("{0} {1}", sign, one), _join("[{0}..{1}]", one, one), _join("({0}..{1})", one, one)]
    return st.one_of(*shapes)
