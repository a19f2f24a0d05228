"""Lists of cases, found state by state: page by page they are what sorting all of them gives, by indexes of their own."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.business.matters.cases_world import AT, BUREAU, CLERK

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import queries
from shuzhi.business.matters.cases.types import State

OFFICES, MATTERS = ("human-resources", "taxation"), ("a", "b")
OPEN = (State.SUBMITTED, State.ACCEPTED, State.CORRECTING)


@pytest.fixture
def rows(db):
    """Sixty cases, some with the same deadline."""
    chance = random.Random(7)
    return models.Case.objects.bulk_create([_case(chance, number) for number in range(60)])


def _case(chance, number):
    state, rank = (
        chance.choice([*OPEN, State.GRANTED, State.REFUSED]),
        AT + timedelta(days=chance.randrange(9)),
    )
    return models.Case(
        matter=chance.choice(MATTERS), digest="d", office=chance.choice(OFFICES), applicant=f"account/{number}",
        scheme="resident_id", holder="1", channel="online", state=state.value, opened_at=AT, rank_at=rank,
        due_at=rank, due_reason="running", unit="days", left=5, counted_at=AT, delivery="online",
        closed_at=None if state in OPEN else AT,
    )  # fmt: skip


def paged(by, **asked):
    """A whole list, seven lines at a time."""
    found, after = [], ""
    while True:
        page = queries.cases(by=by, at=AT, after=after, most=7, **asked)
        found += [line.id for line in page.lines]
        if not (after := page.following):
            return found


@pytest.mark.parametrize(("by", "office"), [(BUREAU, ""), (BUREAU, OFFICES[1]), (CLERK, "")])
@pytest.mark.parametrize("waiting", [False, True])
def test_pages_are_what_sorting_everything_gives(rows, by, office, waiting):
    reach = office or (by.office if by is CLERK else "")
    for matter, state in product(("", *MATTERS, "none"), (None, *OPEN, State.REFUSED, State.REVOKED)):
        wanted = [
            row for row in rows
            if (not reach or row.office == reach) and (not matter or row.matter == matter)
            and (state is None or row.state == state) and not (waiting and row.closed_at)
        ]  # fmt: skip
        wanted.sort(key=lambda row: (row.rank_at, row.id) if waiting else -row.id)

        assert paged(by, office=office, matter=matter, state=state, waiting=waiting) == [
            row.id for row in wanted
        ]


def test_a_number_is_looked_up_within_reach(rows):
    mine = next(row for row in rows if row.office == OFFICES[0])
    other = next(row for row in rows if row.office == OFFICES[1])
    by_number = {line.id: line.number for line in queries.cases(by=BUREAU, at=AT, most=60).lines}

    assert [line.id for line in queries.cases(by=CLERK, at=AT, number=by_number[mine.id]).lines] == [mine.id]
    assert queries.cases(by=CLERK, at=AT, number=by_number[other.id]).lines == ()
    assert queries.cases(by=CLERK, at=AT, number="nothing").lines == ()


@pytest.mark.parametrize("mark", ["x", "~", "2026-01-01~", "９", "-1", "9" * 30, "2026-01-01T00:00:00~1"])
def test_a_mark_that_is_none_begins_at_the_beginning(rows, mark):
    for waiting in (False, True):
        assert queries.cases(by=BUREAU, at=AT, after=mark, waiting=waiting, most=5).lines


@pytest.mark.parametrize("waiting", [False, True])
def test_every_list_is_read_from_an_index_of_its_own(db, waiting):
    chance = random.Random(8)
    made = models.Case.objects.bulk_create([_case(chance, number) for number in range(1500)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE matters_case")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    marks = ("", "2026-01-01T00:00:00+00:00~5" if waiting else str(made[900].id))
    for office, matter, state, after in product(("", OFFICES[0]), ("", "a"), (None, State.REFUSED), marks):
        with CaptureQueriesContext(connection) as asked:
            queries.cases(
                by=BUREAU, at=AT, office=office, matter=matter, state=state, waiting=waiting, after=after
            )
        text = next(each["sql"] for each in asked if "said(state)" in each["sql"])
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN ANALYZE " + text)
            plan = "\n".join(row[0] for row in cursor.fetchall())

        which = "both" if office and matter else "office" if office else "matter" if matter else "state"
        assert f"using matters_{'wait' if waiting else 'list'}_{which} on" in plan
        assert "Rows Removed" not in plan
