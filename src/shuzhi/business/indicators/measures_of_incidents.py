"""Measures of requests (诉求指标): answered, in time, solved, satisfied. Each counts dossiers, so that the figure opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from shuzhi.business.incidents import queries
from shuzhi.business.indicators.types import Amount, Count, Item
from shuzhi.foundation.clock import day_of
from shuzhi.support.ratings import queries as ratings
from shuzhi.support.ratings.types import SATISFIED
from shuzhi.support.workflow.types import DueReason


def answered(day: date) -> Count:
    """响应率: of the requests that are answered, closed or past their day, those that were answered."""
    replied, due = set(), set()
    for row, dossier in queries.dossiers_of(day):
        late = dossier.due_on is not None and dossier.due_on < day
        if row.answered_at is not None:
            replied.add(dossier.id)
        if row.answered_at is not None or (late and row.merged_into_id is None):
            due.add(dossier.id)
    return Count(_items(replied), _items(due))


def answered_in_time(day: date) -> Count:
    """按期办结率: of the same, those that were answered by their day.

    A clock that stopped at the reply had time left, and one that was late goes on. Where the year's holidays are not
    published nothing can be said, and the request is in neither.
    """
    in_time, due = set(), set()
    for row, dossier in queries.dossiers_of(day):
        if row.merged_into_id is not None or dossier.due_reason is DueReason.NOT_PUBLISHED:
            continue
        if row.answered_at is not None:
            due.add(dossier.id)
            if dossier.due_on is None or day_of(row.answered_at) <= dossier.due_on:
                in_time.add(dossier.id)
        elif dossier.due_on is not None and dossier.due_on < day:
            due.add(dossier.id)
    return Count(_items(in_time), _items(due))


def solved(day: date) -> Count:
    """解决率: of the requests whose caller was asked, those that are solved by the last word."""
    asked, done = queries.verified(day)
    return Count(_items(done), _items(asked))


def satisfied(day: date) -> Count:
    """满意率: of the requests whose caller gave a mark, those with 4 or 5."""
    found = [one for loop in queries.loops_of_desks() for one in ratings.standing(day, matter=loop)]
    happy = frozenset(one.subject for one in found if one.score >= SATISFIED)
    return Count(happy, frozenset(one.subject for one in found))


INCIDENTS: dict[str, Callable[[date], Count | Amount]] = {
    "requests_answered": answered,
    "requests_in_time": answered_in_time,
    "requests_solved": solved,
    "requests_satisfied": satisfied,
}


def _items(numbers: Iterable[int]) -> frozenset[Item]:
    return frozenset(f"dossier/{number}" for number in numbers)
