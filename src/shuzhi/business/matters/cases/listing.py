"""Which cases stand on a page of a list (分页): found state by state and merged, so that a page costs a page.

Every list is asked of an index that begins with what is filtered and ends with the list's order: office, matter or both,
then the state. A list without a state reads one page of each state. The newest come first by `id * -1`, which only these
indexes have: in the order of the primary key PostgreSQL would read through all later cases when the wanted ones are old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from shuzhi.business.matters.cases.types import State

EVERY = tuple(each.value for each in State)


@dataclass(frozen=True)
class Wanted:
    """Cases of an office, a matter, a state, each where it is named; what waits, or all; behind a mark of their order."""

    office: str
    matter: str
    state: State | None
    waiting: bool
    behind: tuple[Any, ...] = ()


def found(wanted: Wanted, most: int) -> list[int]:
    """The numbers of so many cases, in the list's order."""
    states = [wanted.state.value] if wanted.state else list(EVERY)
    text = _statement(bool(wanted.office), bool(wanted.matter), wanted.waiting, bool(wanted.behind))
    named = [each for each in (wanted.office, wanted.matter) if each]
    with connection.cursor() as cursor:
        cursor.execute(text, [states, *named, *wanted.behind, most, most])
        return [row[0] for row in cursor.fetchall()]


@cache
def _statement(office: bool, matter: bool, waiting: bool, behind: bool) -> str:  # noqa: FBT001 - which texts there are
    order = ("rank_at", "id") if waiting else ("id * -1",)
    where = [
        *(["office = %s"] if office else []),
        *(["matter = %s"] if matter else []),
        "state = said.state",
        *(["closed_at IS NULL"] if waiting else []),
        *([f"({', '.join(order)}) > ({', '.join(['%s'] * len(order))})"] if behind else []),
    ]
    return (
        "SELECT listed.id FROM unnest(%s::text[]) AS said(state) CROSS JOIN LATERAL ("  # noqa: S608 - of our own words
        f"SELECT id, rank_at FROM matters_case WHERE {' AND '.join(where)} ORDER BY {', '.join(order)} LIMIT %s"
        f") AS listed ORDER BY {', '.join('listed.' + each for each in order)} LIMIT %s"
    )


def behind_mark(after: str, *, waiting: bool) -> tuple[Any, ...]:
    """The place in the order that a mark names; nothing where it is none."""
    if not waiting:
        is_number = after.isascii() and after.isdecimal() and len(after) < 19  # noqa: PLR2004 - digits of a bigint
        return (-int(after),) if is_number else ()
    moment, _, last = after.partition("~")
    try:
        return datetime.fromisoformat(moment), int(last)
    except ValueError:
        return ()
