"""Boxed filter, for, some and every."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.boxes.desk import Run, report, run_in
from shuzhi.support.decisions.dmn.model import Loop
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.dates import Date, date_from_ordinal
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.ranges import Range

NOT_A_LIST = Problem("not-a-list", Words(zh="循环的对象不是列表", en="what is gone through is no list"))


def compile_filter(source: Run, match: Run) -> Run:
    """The items for which the match is true; a match that is a number picks one item."""

    def evaluate(scope: Scope) -> Any:
        items = source(scope)
        if items is None:
            return None
        items = items if isinstance(items, list) else [items]
        kept = []
        for item in items:
            names = item if isinstance(item, dict) else {}
            found = run_in(match, scope, {**scope.variables, "item": item, **names})
            if isinstance(found, Decimal):
                return _picked(items, whole(found))
            if found is True:
                kept.append(item)
        return kept

    return evaluate


def _picked(items: list[Any], number: int | None) -> Any:
    if number is None or number == 0 or abs(number) > len(items):
        return None
    return items[number - 1 if number > 0 else number]


def compile_iteration(loop: Loop, name: str, source: Run, body: Run, *, partial: bool) -> Run:
    """For each item the body's value, or whether it is true for some or for every one.

    With `partial` the body asks for the results so far.
    """

    def evaluate(scope: Scope) -> Any:
        items = _items(source(scope), scope)
        if items is None:
            return None
        if loop is Loop.FOR:
            return _results(items, name, body, scope, partial=partial)
        return _quantified(items, name, body, scope, seeking=loop is Loop.SOME)

    return evaluate


def _items(found: Any, scope: Scope) -> Iterator[Any] | None:
    if isinstance(found, list):
        return iter(found)
    if isinstance(found, Range):
        stepped = _stepped(found)
        if stepped is not None:
            return stepped
    elif found is not None:
        return iter([found])
    report(scope, NOT_A_LIST)
    return None


def _stepped(found: Range) -> Iterator[Any] | None:
    """The integers or days of a range, upwards."""
    if isinstance(found.start, Date) and isinstance(found.end, Date):
        first, last = found.start.ordinal, found.end.ordinal
        return (date_from_ordinal(each) for each in _between(found, first, last))
    start, end = whole(found.start), whole(found.end)
    if start is None or end is None:
        return None
    return (Decimal(each) for each in _between(found, start, end))


def _between(found: Range, first: int, last: int) -> range:
    first += not found.start_included
    last -= not found.end_included
    return range(first, last + 1)


def _results(items: Iterator[Any], name: str, body: Run, scope: Scope, *, partial: bool) -> list[Any]:
    made: list[Any] = []
    for item in items:
        variables = {**scope.variables, name: item}
        if partial:
            scope.spend(len(made))
            variables["partial"] = made.copy()
        made.append(run_in(body, scope, variables))
        scope.sized(made)
    return made


def _quantified(items: Iterator[Any], name: str, body: Run, scope: Scope, *, seeking: bool) -> Any:
    """Three-valued: one that decides, decides; else null where some answer was null."""
    unknown = False
    for item in items:
        found = run_in(body, scope, {**scope.variables, name: item})
        if found is seeking:
            return seeking
        unknown = unknown or not isinstance(found, bool)
    return None if unknown else not seeking
