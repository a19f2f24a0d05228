"""The inbox's index says at all times what the dossiers and tasks themselves say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.support.workflow.people import FRIDAY, OFFICER, PLATFORM
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import install, start

from shuzhi.support.workflow import audience, handling, models, queries, services, waiting
from shuzhi.support.workflow.processes import services as stepping
from shuzhi.support.workflow.types import InboxLoad

pytestmark = pytest.mark.django_db
TODAY = FRIDAY.date()
BODY = '<userTask id="a" name="核对" shuzhi:roles="data_officer" shuzhi:workingDays="3"/>'


def kept():
    rows = models.Seat.objects.values_list("kind", "item", "seat", "due_on", "opened_at")
    return sorted(rows, key=str)


def told():
    """The same from the rows themselves."""
    alive = [("dossier", row) for row in models.Dossier.objects.filter(is_final=False)]
    alive += [("task", row) for row in models.ProcessTask.objects.filter(is_open=True)]
    return sorted(
        ((kind, row.id, seat, row.due_on, row.opened_at) for kind, row in alive for seat in row.awaits),
        key=str,
    )


def test_through_a_whole_life(loops, open_issue, ask):
    install(drawn(SE + BODY + flows("start>a", "a>end")))
    issue, _, case = open_issue(), ask(), start()
    task = models.ProcessTask.objects.get(case_id=case.id)
    assert kept() == told() != []
    for item in (f"dossier/{issue.id}", f"task/{task.id}"):
        handling.claim(item=item, by=OFFICER, at=FRIDAY)
        assert kept() == told()
        handling.pause(item=item, reason="等材料", by=OFFICER, at=FRIDAY)
        assert kept() == told()
        handling.resume(item=item, by=OFFICER, at=FRIDAY + timedelta(days=4))
        assert kept() == told()
    stepping.complete_task(task=task.id, by=OFFICER, at=FRIDAY)
    services.act(dossier=issue.id, action="close", by=PLATFORM, at=FRIDAY, evidence={"run": 1})

    assert kept() == told()
    assert {kind for kind, *_ in kept()} == {"dossier"}  # the share request alone still waits


def test_however_rows_are_written(loops, open_issue):
    issues = [open_issue(subject=f"dataset/{number}") for number in range(3)]
    models.Dossier.objects.filter(id=issues[0].id).update(awaits=["a", "b", "b"], due_on=date(2026, 9, 1))
    models.Dossier.objects.filter(id=issues[1].id).update(awaits=[])
    rows = [seat for kind, item, seat, *_ in kept() if item == issues[0].id]

    assert rows == ["a", "b"]
    assert not [item for _, item, *_ in kept() if item == issues[1].id]
    models.Step.objects.all().delete()
    models.Dossier.objects.all().delete()
    assert kept() == []


SEATS = ["one", "two", "three"]
ROWS = st.lists(
    st.tuples(st.sets(st.sampled_from(SEATS)), st.none() | st.integers(-3, 3), st.booleans()), max_size=12
)


ASKED = st.tuples(st.sets(st.sampled_from(SEATS)), st.integers(1, 5), st.integers(0, 2))


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # emptied by the test itself
@given(rows=ROWS, asked=ASKED)
def test_the_first_are_those_that_sorting_all_would_give(open_issue, rows, asked):
    held, most, page = asked
    models.Step.objects.all().delete()
    models.Dossier.objects.all().delete()
    expected = []
    for seats, days, future in rows:
        issue = open_issue()
        due = None if days is None else TODAY + timedelta(days=days)
        opened = FRIDAY + timedelta(hours=1) if future else FRIDAY
        models.Dossier.objects.filter(id=issue.id).update(
            awaits=sorted(seats), due_on=due, due_reason="stopped", opened_at=opened
        )
        if seats & held and not future:
            expected.append((due is None, due or TODAY, issue.id))
    expected.sort()
    near = waiting.first("dossier", seats=sorted(held), at=FRIDAY, skip=page * most, most=most)
    found = set(models.Dossier.objects.filter(id__in=near).values_list("id", flat=True))

    assert found == {number for _, _, number in expected[page * most : (page + 1) * most]}
    load = waiting.load("dossier", seats=sorted(held), today=TODAY, at=FRIDAY)
    dated = [due for undated, due, _ in expected if not undated]
    assert load == InboxLoad(len(expected), sum(due < TODAY for due in dated), dated.count(TODAY))


def test_pages_follow_one_another(loops, open_issue):
    numbers = [open_issue(subject=f"dataset/{number}").id for number in range(7)]
    pages = [
        [row.number for row in queries.work(actor=OFFICER, today=TODAY, at=FRIDAY, most=3, page=page)]
        for page in (1, 2, 3, 4)
    ]
    inboxes = [
        [row.dossier.id for row in queries.inbox(actor=OFFICER, today=TODAY, at=FRIDAY, most=3, page=page)]
        for page in (1, 2, 3, 4)
    ]

    assert pages == inboxes == [numbers[:3], numbers[3:6], numbers[6:], []]


def test_an_inbox_reads_no_more_than_its_page(loops, open_issue):
    """However much waits, the index is read for one page of each seat, and no other table is read through."""
    from django.db import connection

    for number in range(40):
        open_issue(subject=f"dataset/{number}")
    statement, values = waiting._FIRST, [audience.held_by(OFFICER), "dossier", FRIDAY, 5, 5, 0]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
        plan = str(cursor.fetchone()[0])

    assert "seat_by_due" in plan
    assert "'Node Type': 'Seq Scan'" not in plan
