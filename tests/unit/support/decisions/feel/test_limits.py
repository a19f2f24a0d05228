"""Hostile rules end in a clear error, soon, within limits that the caller sets."""

from __future__ import annotations

import time

import pytest

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.decisions.feel.scope import Limits


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000000 return i",
        "for i in 1..1000000000000, j in [] return i",
        "count(for i in 1..1000000000000 return i) + 1",
        "some i in 1..1000000000000 satisfies i < 0",
        "for i in [1..1000000000000] return i",
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "{f: function(n) [f(n), f(n)], r: f(0)}.r",
        "{f: function(n) if n = 0 then 0 else f(n - 1) + f(n - 1), r: f(60)}.r",
        "for i in 1..100000 return partial",
        "for a in 1..99, b in 1..99, c in 1..99, d in 1..99 return 1",
        'for i in 1..100 return if i = 1 then "xxxxxxxxxx" else partial[-1] + partial[-1]',
        "for i in 1..100 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
        "for i in 1..100 return if i = 1 then [1, 2] else flatten([partial[-1], partial[-1]])",
        'string join(for i in 1..400000 return "aaaaaaaaaa")',
        "for i in 1..100000 return list contains(for j in 1..100 return j, 0)",
        "(for i in 1..1000 return i)[count((for j in 1..1000 return j)[item > 0]) > 0]",
        "(function(f) f(f))(function(f) f(f))",
    ],
)  # fmt: skip
def test_ends_soon(text):
    start = time.process_time()
    with pytest.raises(LimitExceeded) as caught:
        evaluate(text)
    assert time.process_time() - start < 3
    assert "限额" in caught.value.message_zh


@pytest.mark.parametrize(
    "text",
    [
        "10 ** 1000000000",
        "9999999999 ** 999999999",
        "1.0000000001 ** 999999999",
        "0.5 ** 999999999",
        "exp(99999999999999999999)",
        "modulo(10 ** 6000, 7)",
        "decimal(10 ** 6000, 6000)",
        "round up(10 ** -6000, -6000)",
        "string(10 ** 6000)",
        'duration("P999999999999999999D") * 99999999999999999999999',
        'date("2020-01-01") + duration("P999999999999999999D")',
        'date("2020-01-01") + duration("P999999999999999999Y")',
        'date and time("2020-01-01T00:00:00@Europe/Paris") - duration("P999999999999999999D")',
        'time("10:00:00") + duration("P999999999999999999D")',
        '@"999999999-12-31T23:59:59@America/New_York".time offset',
        'substring("abc", 10 ** 6000)',
        "[1, 2][10 ** 6000]",
        "for i in 10 ** 6000..10 ** 6001 return i",
        'number("1" + "0", " ", ".")',
        "factorial(100000)",
        "-(" * 45 + "1" + ")" * 45,
        "[" * 90 + "x" + "]" * 90,
        "(" * 90 + "1" + "+1)" * 90,
        "1" + "+1" * 300,
        "[(<" * 30 + "1" + ")]" * 30,
        "a" + "+a" * 380,
        "1" + "-1" * 380,
    ],
)  # fmt: skip
def test_answers_soon(text):
    start = time.process_time()
    evaluate(text)
    assert time.process_time() - start < 1


def test_the_caller_sets_the_limits():
    text = "for i in 1..100 return i"
    with pytest.raises(LimitExceeded):
        evaluate(text, limits=Limits(steps=50))
    with pytest.raises(LimitExceeded):
        evaluate("(function(x) (function(y) y)(x))(1)", limits=Limits(depth=1))
    with pytest.raises(LimitExceeded):
        evaluate("for i in 1..5000 return i", limits=Limits(items=4000))
    assert len(evaluate(text, limits=Limits(steps=500, items=100)).value) == 100


def test_a_function_may_call_itself_a_hundred_times():
    text = "{sum to: function(n) if n = 0 then 0 else n + sum to(n - 1), r: sum to(90)}.r"
    assert evaluate(text).value == 4095
