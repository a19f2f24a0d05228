"""Unary tests: what `in` and the cells of decision tables ask of a value (table 55)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from shuzhi.support.decisions.feel.compile.comparisons import bounded, checked, compared
from shuzhi.support.decisions.feel.compile.faults import INPUT, Run, Site, next_answer
from shuzhi.support.decisions.feel.values.comparison import contains, equal
from shuzhi.support.decisions.feel.values.ranges import Range

# Given an environment and a value: true, false, or null where the value can't be put to the test.
Test = Callable[[list[Any], Any], bool | None]


def anything(_env: list[Any], _value: Any) -> bool:
    """`-`."""
    return True


def bound(sign: str, endpoint: Run, site: Site) -> Test:
    """`< endpoint` and its kin."""

    def test(env: list[Any], value: Any) -> bool | None:
        limit = endpoint(env)
        answer = compared(sign, value, limit)
        if answer is None:
            site.refuse(env[0], value, limit)
        return answer

    return test


def within(low: Run, high: Run, included: tuple[bool, bool], lower: Site, upper: Site) -> Test:
    """`[low..high]` whose ends must be computed: two comparisons, each of which may be unanswered (table 55)."""
    first, last = (">=" if included[0] else ">"), ("<=" if included[1] else "<")

    def test(env: list[Any], value: Any) -> bool | None:
        if type(value) is Range:
            start, end = low(env), high(env)
            return equal(value, Range(start, end, *included))
        return bounded(
            env,
            lambda: checked(first, value, low(env), env, lower),
            lambda: checked(last, value, high(env), env, upper),
        )

    return test


def asked(run: Run, site: Site) -> Test:
    """An expression that speaks of `?`: it must be true; if it is no boolean, the value must equal it."""

    def test(env: list[Any], value: Any) -> bool | None:
        outer, env[INPUT] = env[INPUT], value
        try:
            answer = run(env)
        finally:
            env[INPUT] = outer
        return answer if type(answer) is bool else _meets(env, value, answer, site)

    return test


def _meets(env: list[Any], value: Any, answer: Any, site: Site) -> bool | None:
    return None if answer is None else meets(env, value, answer, site)


def valued(run: Run, site: Site, *, truth: bool) -> Test:
    """Any other expression: the value must equal it, or lie in it if it is a range or a list.

    With `truth` the expression is a condition; then a value that is no boolean passes where it is true.
    """

    def test(env: list[Any], value: Any) -> bool | None:
        wanted = run(env)
        if truth and type(wanted) is bool and type(value) is not bool:
            return wanted
        return meets(env, value, wanted, site)

    return test


def constant(wanted: Any, site: Site) -> Test:
    """A value that is known: the commonest test of all."""
    kind = type(wanted)
    if kind is list or kind is Range:
        return lambda env, value: meets(env, value, wanted, site)

    def test(env: list[Any], value: Any) -> bool | None:
        if type(value) is kind:
            return bool(value == wanted)
        return meets(env, value, wanted, site)

    return test


def meets(env: list[Any], value: Any, wanted: Any, site: Site) -> bool | None:
    """Whether a value equals what is wanted, or lies in it."""
    if type(wanted) is Range:
        answer = equal(value, wanted) if type(value) is Range else contains(wanted, value)
    elif type(wanted) is list:
        return _in_list(env, value, wanted)
    else:
        answer = equal(value, wanted)
    if answer is None:
        site.refuse(env[0], value, wanted)
    return answer


def _in_list(env: list[Any], value: Any, wanted: list[Any]) -> bool:
    env[0].spend(len(wanted))
    if type(value) is list and equal(value, wanted):
        return True
    return any(
        contains(each, value) if type(each) is Range and type(value) is not Range else equal(value, each)
        for each in wanted
    )


def any_of(tests: list[Test]) -> Test:
    """Whether one of several tests holds."""
    if len(tests) == 1:
        return tests[0]

    def test(env: list[Any], value: Any) -> bool | None:
        answer: bool | None = False
        mark = len(env[0].problems)
        for each in tests:
            one = next_answer(env[0], mark, partial(each, env, value), deciding=True)
            if one:
                return True
            if one is None:
                answer = None
        return answer

    return test


def none_of(test: Test) -> Test:
    """`not(…)`."""

    def negated(env: list[Any], value: Any) -> bool | None:
        answer = test(env, value)
        return None if answer is None else not answer

    return negated
