"""Boxed filter, for, some and every."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.boxes.desk import Run, report, run_in
from shuzhi.support.decisions.dmn.model import Loop
from shuzhi.support.decisions.feel.compile.faults import next_answer
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.dates import Date, date_from_ordinal
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.types import kind_of
from shuzhi.support.decisions.types import Place


def no_boolean(value: Any, place: Place) -> Problem:
    """The problem of a condition that is neither true nor false."""
    en, zh = kind_of(value)
    words = Words(zh=f"条件须为真或假，实为{zh}", en=f"a condition must be true or false, this is {en}")
    return Problem("not-boolean", words, place, kind="missing" if value is None else "rule")


def _no_list(value: Any, place: Place) -> Problem:
    en, zh = kind_of(value)
    words = Words(zh=f"循环的对象须为列表，实为{zh}", en=f"a list is gone through, this is {en}")
    return Problem("not-a-list", words, place, kind="missing" if value is None else "rule")


def compile_filter(source: Run, match: Run, place: Place) -> Run:
    """The items for which the match is true; a match that is a number picks one item."""

    def evaluate(scope: Scope) -> Any:
        items = source(scope)
        if items is None:
            return report(scope, _no_list(items, place))
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


def compile_iteration(loop: Loop, name: str, source: Run, body: Run, place: Place, *, sharing: bool) -> Run:
    """For each item the body's value, or whether it is true for some or for every one.

    With `sharing` the body asks for the results so far.
    """

    def evaluate(scope: Scope) -> Any:
        found = source(scope)
        items = _items(found)
        if items is None:
            return report(scope, _no_list(found, place))
        if loop is Loop.FOR:
            return _results(items, name, body, scope, sharing=sharing)
        return _quantified(items, name, body, scope, place, seeking=loop is Loop.SOME)

    return evaluate


def _items(found: Any) -> Iterator[Any] | None:
    if isinstance(found, list):
        return iter(found)
    if isinstance(found, Range):
        return _stepped(found)
    return None if found is None else iter([found])


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


def _results(items: Iterator[Any], name: str, body: Run, scope: Scope, *, sharing: bool) -> list[Any]:
    made: list[Any] = []
    for item in items:
        variables = {**scope.variables, name: item}
        if sharing:
            scope.spend(len(made))
            variables["partial"] = made.copy()
        made.append(run_in(body, scope, variables))
        scope.sized(made)
    return made


def _quantified(
    items: Iterator[Any], name: str, body: Run, scope: Scope, place: Place, *, seeking: bool
) -> Any:
    """Three-valued: one that decides, decides; else null where some answer was null."""
    unknown = False
    mark = len(scope.problems)

    def ask(item: Any) -> Any:
        return run_in(body, scope, {**scope.variables, name: item})

    for item in items:
        found = next_answer(scope, mark, partial(ask, item), deciding=seeking)
        if found is seeking:
            return seeking
        if not isinstance(found, bool):
            report(scope, no_boolean(found, place))
            unknown = True
    return None if unknown else not seeking
