"""`for`, `some` and `every` (10.3.2.14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import Run, Site, next_answer
from shuzhi.support.decisions.feel.values.dates import Date, date_from_ordinal
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.ranges import Range

# Gives the values of one iterator, or None where there is nothing to go through.
Items = Callable[[list[Any]], "Iterator[Any] | None"]
Loop = tuple[int, Items]


def items_of(source: Run, site: Site) -> Items:
    """The items of a list, of a closed range, or a single value as the only item."""

    def items(env: list[Any]) -> Iterator[Any] | None:
        value = source(env)
        if type(value) is list:
            return iter(value)
        if type(value) is Range:
            return _of_range(value, env, site)
        if value is None:
            return site.refuse(env[0], None)  # type: ignore[func-returns-value]
        return iter((value,))

    return items


def _of_range(value: Range, env: list[Any], site: Site) -> Iterator[Any] | None:
    start, end = _steps(value.start), _steps(value.end)
    if start is None or end is None or type(value.start) is not type(value.end):
        return site.refuse(env[0], value)  # type: ignore[func-returns-value]
    first = start if value.start_included else start + 1
    last = end if value.end_included else end - 1
    return _counted(first, last, type(value.start)) if first <= last else iter(())


def counted(source: Run, end: Run, site: Site) -> Items:
    """`a..b`: whole numbers or dates, upwards or downwards."""

    def items(env: list[Any]) -> Iterator[Any] | None:
        first, last = source(env), end(env)
        a, b = _steps(first), _steps(last)
        if a is None or b is None or type(first) is not type(last):
            return site.refuse(env[0], first, last)  # type: ignore[func-returns-value]
        return _counted(a, b, type(first))

    return items


def _steps(value: Any) -> int | None:
    return value.ordinal if type(value) is Date else whole(value)


def _counted(first: int, last: int, kind: type) -> Iterator[Any]:
    steps = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return map(date_from_ordinal if kind is Date else Decimal, steps)


def for_loop(loops: list[Loop], body: Run, partial: int, *, keeps_partial: bool) -> Run:
    """The code of `for … return …`; `keeps_partial` if a result may hold on to the list of the earlier ones."""

    def run(env: list[Any]) -> Any:
        results: list[Any] = []
        env[partial] = results
        scope = env[0]

        def each(env: list[Any]) -> bool:
            if keeps_partial:
                scope.spend(len(results))
                env[partial] = results.copy()
            results.append(body(env))
            return True

        return scope.sized(results) if nested(loops, each, env) else None

    return run


def nested(loops: list[Loop], each: Callable[[list[Any]], bool], env: list[Any], level: int = 0) -> bool:
    """Go through all combinations, the last iterator fastest; false if an iterator has nothing to go through."""
    if level == len(loops):
        return each(env)
    slot, items = loops[level]
    values = items(env)
    if values is None:
        return False
    for value in values:
        env[0].spend(1)
        env[slot] = value
        if not nested(loops, each, env, level + 1):
            return False
    return True


class _Decided(Exception):
    """A quantified expression needs to look no further."""


def quantified(loops: list[Loop], condition: Run, site: Site, *, deciding: bool) -> Run:
    """The code of `some` (decided by true) and `every` (decided by false)."""

    def run(env: list[Any]) -> bool | None:
        answers: set[bool | None] = {not deciding}
        scope = env[0]
        mark = len(scope.problems)

        def each(env: list[Any]) -> bool:
            answer = next_answer(scope, mark, partial(condition, env), deciding=deciding)
            if answer is deciding:
                raise _Decided
            if type(answer) is not bool:
                site.refuse(scope, answer)
                answers.add(None)
            return True

        try:
            whole_way = nested(loops, each, env)
        except _Decided:
            return deciding
        return None if None in answers or not whole_way else not deciding

    return run
