"""Many decisions over one table in one pass: what they have in common is computed once.

Two decisions share a column where it is the very same expression, whatever they call it: a rule that a hundred policies
repeat is evaluated once a row. Rows in which no input is missing are decided by a shorter query than the others, which need
three-valued doubt; the answers are the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from typing import Any

from shuzhi.support.decisions.dmn.rulebook import Rulebook
from shuzhi.support.decisions.sql.query import ANSWER, ELIGIBLE, Asked, Compiled, compile_decision


class _Seen:
    """A table as one of the decisions names its columns."""

    def __init__(self, table: Any, names: dict[str, str]) -> None:
        self._table, self._names = table, names

    def __getitem__(self, name: str) -> Any:
        return self._table[self._names.get(name, name)]


def decided_together(
    asked: Sequence[tuple[Rulebook, str, str]], table: Any, how: Asked, *, keep: Sequence[str]
) -> Iterator[Any]:
    """Decide many decisions of every row: queries over rows that don't overlap, with the columns of `together`.

    `asked`: rules, decision, and the output that tells eligibility. Rows that lack an input are asked the whole question.
    The collector of garbage rests until the last query has been taken.

    Raises:
        RulesNotInSql: something in a decision has no meaning in SQL.
    """
    answers = (ANSWER, ELIGIBLE)
    with _collecting_nothing():
        found = _compiled(asked, table, replace(how, present=True))
        whole, rest = with_nothing_missing(found, table)
        yield together(found, whole, keep=keep, answers=answers)
        if rest is not None and rest.count().execute():
            found = _compiled(asked, table, how)
            yield together(found, rest, keep=keep, answers=answers)


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """A query of a hundred decisions is a million small objects that all stay to its end: looking through them again and
    again for garbage takes a third of the time in which it is made.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compiled(asked: Sequence[tuple[Rulebook, str, str]], table: Any, how: Asked) -> list[Compiled]:
    return [
        compile_decision(rules, decision, table, replace(how, eligibility=True, output=output, shared=True))
        for rules, decision, output in asked
    ]


def together(parts: Sequence[Compiled], table: Any, *, keep: Sequence[str], answers: Sequence[str]) -> Any:
    """One query over a table: of its columns those to `keep`, then for each decision its `answers` as `0_answer`, `1_answer` …"""
    names: list[dict[str, str]] = [{} for _ in parts]
    count = 0
    for level in range(max((len(each.stages) for each in parts), default=0)):
        views = [_Seen(table, each) for each in names]
        made: dict[Any, str] = {}
        fresh: dict[str, Any] = {}
        for name, own, expression in _stage(parts, views, level):
            key = expression.op()
            if key not in made:
                made[key] = f"_together_{count}"
                fresh[made[key]] = expression
                count += 1
            names[own][name] = made[key]
        table = table.mutate(**fresh) if fresh else table
    told = {
        f"{at}_{answer}": part.answers[answer].on(_Seen(table, names[at]))
        for at, part in enumerate(parts)
        for answer in answers
    }
    return table.select(*keep, **told)


def with_nothing_missing(parts: Sequence[Compiled], table: Any) -> tuple[Any, Any]:
    """The rows in which every input of every decision has a value, and the rest."""
    found = {each.op(): each for part in parts for each in (sql.on(table).notnull() for sql in part.given)}
    if not found:
        return table, None
    whole = reduce(lambda one, two: one & two, found.values())
    return table.filter(whole), table.filter(~whole)


def _stage(parts: Sequence[Compiled], views: Sequence[_Seen], level: int) -> Iterator[tuple[str, int, Any]]:
    for own, (part, view) in enumerate(zip(parts, views, strict=True)):
        if level < len(part.stages):
            for name, sql in part.stages[level].items():
                yield name, own, sql.on(view)
