"""Comparisons, `between`, and the fast ways of the commonest ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.compile.arithmetic import single
from shuzhi.support.decisions.feel.compile.faults import Run, Site, next_answer
from shuzhi.support.decisions.feel.values.comparison import at_most, equal, less


def compared(sign: str, a: Any, b: Any) -> bool | None:
    """`a sign b` for any values; None where they can't be compared."""
    if sign == "=":
        return equal(a, b)
    if sign == "!=":
        same = equal(a, b)
        return None if same is None else not same
    a, b = single(a), single(b)
    if sign in (">", ">="):
        a, b = b, a
    return less(a, b) if sign in ("<", ">") else at_most(a, b)


def checked(sign: str, a: Any, b: Any, env: list[Any], site: Site) -> bool | None:
    """`a sign b`, reported where there is no answer."""
    answer = compared(sign, a, b)
    if answer is None:
        site.refuse(env[0], a, b)
    return answer


def comparison(sign: str, left: Run, right: Run, site: Site) -> Run:
    """The code of `left sign right`."""
    if sign in ("=", "!="):
        return _equality(sign, left, right, site)

    def run(env: list[Any]) -> bool | None:
        a, b = left(env), right(env)
        if type(a) is Decimal and type(b) is Decimal:
            if sign == "<":
                return a < b
            if sign == "<=":
                return a <= b
            return a > b if sign == ">" else a >= b
        return checked(sign, a, b, env, site)

    return run


def _equality(sign: str, left: Run, right: Run, site: Site) -> Run:
    wanted = sign == "="

    def run(env: list[Any]) -> bool | None:
        a, b = left(env), right(env)
        kind = type(a)
        if kind is type(b) and (kind is Decimal or kind is str):
            return (a == b) is wanted
        return checked(sign, a, b, env, site)

    return run


def with_constant(sign: str, left: Run, constant: Any, site: Site) -> Run:
    """The code of `left sign constant`, for a number or a string that is known."""
    kind = type(constant)
    make = _ORDERED_BY_CONSTANT.get(sign)
    if make:
        return make(left, constant, kind, site)
    wanted = sign == "="

    def run(env: list[Any]) -> bool | None:
        a = left(env)
        if type(a) is kind:
            return (a == constant) is wanted
        return checked(sign, a, constant, env, site)

    return run


def _below(left: Run, constant: Any, kind: type, site: Site) -> Run:
    def run(env: list[Any]) -> bool | None:
        a = left(env)
        if type(a) is kind:
            return bool(a < constant)
        return checked("<", a, constant, env, site)

    return run


def _not_above(left: Run, constant: Any, kind: type, site: Site) -> Run:
    def run(env: list[Any]) -> bool | None:
        a = left(env)
        if type(a) is kind:
            return bool(a <= constant)
        return checked("<=", a, constant, env, site)

    return run


def _above(left: Run, constant: Any, kind: type, site: Site) -> Run:
    def run(env: list[Any]) -> bool | None:
        a = left(env)
        if type(a) is kind:
            return bool(a > constant)
        return checked(">", a, constant, env, site)

    return run


def _not_below(left: Run, constant: Any, kind: type, site: Site) -> Run:
    def run(env: list[Any]) -> bool | None:
        a = left(env)
        if type(a) is kind:
            return bool(a >= constant)
        return checked(">=", a, constant, env, site)

    return run


_ORDERED_BY_CONSTANT = {"<": _below, "<=": _not_above, ">": _above, ">=": _not_below}


def between(value: Run, low: Run, high: Run, lower: Site, upper: Site) -> Run:
    """The code of `value between low and high`: `value >= low and value <= high`."""

    def run(env: list[Any]) -> bool | None:
        v = value(env)
        return bounded(
            env,
            lambda: checked(">=", v, low(env), env, lower),
            lambda: checked("<=", v, high(env), env, upper),
        )

    return run


def bounded(
    env: list[Any], above: Callable[[], bool | None], below: Callable[[], bool | None]
) -> bool | None:
    """Both, three-valued; one that is false decides, whatever the other would have said."""
    mark = len(env[0].problems)
    first = above()
    if first is False:
        return False
    second: bool | None = next_answer(env[0], mark, below, deciding=False)
    return second if second is False or first else None
