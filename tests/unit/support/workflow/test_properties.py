"""Whatever people do in whatever order, a dossier stays inside its loop and its history tells the truth."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.support.workflow.people import ASKER, EVERYBODY, FRIDAY, PLATFORM, declared

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import audience, deadlines, queries, services
from shuzhi.support.workflow.types import Due, DueReason, State

LOOPS = {name: declared(name) for name in ("quality-issue", "share-request")}
ATTEMPTS = st.lists(
    st.tuples(st.sampled_from(EVERYBODY), st.integers(0, 20), st.booleans(), st.integers(0, 40)), max_size=25
)
DAYS = st.dates(date(2007, 1, 2), date(2026, 6, 30))
# Stops move the due day by up to eight months, and the other calendar ends with 2026.
EARLIER = st.dates(date(2007, 1, 2), date(2026, 4, 25))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(LOOPS)), attempts=ATTEMPTS)
def test_random_actions_stay_inside_the_loop(loops, name, attempts):
    loop, at = LOOPS[name], FRIDAY
    opened = services.open_dossier(
        loop=name,
        subject="x/y",
        title=Words(zh="试", en="try"),
        office="market-regulation",
        requester="taxation",
        by=PLATFORM if name == "quality-issue" else ASKER,
        at=at,
    )
    for actor, index, prepared, hours in attempts:
        at += timedelta(hours=hours)
        # Every third attempt is any action at all; the others are ones that start here, so that walks get far.
        here = loop.actions_from(queries.dossier(opened.id).state) or loop.actions
        action = (loop.actions if index % 3 == 0 else here)[
            index % len(loop.actions if index % 3 == 0 else here)
        ]
        _try(opened.id, action, actor, at, prepared=prepared)
        _check(opened.id, loop)


def _try(number, action, actor, at, *, prepared):
    before = queries.dossier(number)
    more = {"note": "因故", "evidence": {"batch": "b"}} if prepared else {}
    try:
        after = services.act(
            dossier=number, action=action.id, by=actor, at=at, version=before.version, **more
        )
    except PlatformError:
        assert queries.dossier(number) == before
        return
    assert before.state in action.origins
    assert after.state == action.to
    assert audience.may(action, office=before.office, requester=before.requester, by=actor)
    assert prepared or not action.needs


def _check(number, loop):
    now, steps = queries.dossier(number), queries.history(number)
    state = loop.start
    for place, step in enumerate(steps, start=1):
        assert step.seq == place
        if step.action:
            assert step.origin == state
            assert step.origin in loop.action(step.action).origins
            state = loop.action(step.action).to
        assert step.state == state
    assert (now.state, now.version) == (state, len(steps))
    assert (now.closed_at is not None) == loop.state(state).final
    assert (now.due_on is not None) == (now.due_reason is DueReason.RUNNING)


@given(day=DAYS, count=st.integers(0, 60))
def test_due_days_agree_with_an_independent_calendar(day, count):
    deadline = deadlines.begin(Due(working_days=count), RUNNING, on=day)

    assert deadline.due_on == _oracle(day, count)


@given(
    day=EARLIER,
    count=st.integers(1, 30),
    waits=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=4),
)
def test_stopped_days_do_not_count(day, count, waits):
    """A clock that ran n working days between stops has `count - n` left, wherever the stops were."""
    deadline = deadlines.begin(Due(working_days=count), RUNNING, on=day)
    used = 0
    for run, stop in waits:
        stopped_on = day + timedelta(days=run)
        if deadline.due_on is None or stopped_on > deadline.due_on:
            break
        used += sum(_works(day + timedelta(days=n)) for n in range(1, run + 1))
        deadline = deadlines.carry(deadline, STOPPED, on=stopped_on)
        assert deadline.due_on is None
        day = stopped_on + timedelta(days=stop)
        deadline = deadlines.carry(deadline, RUNNING, on=day)
    left = max(count - used, 0)  # a stop on the last day itself uses up no more than there was
    assert deadline.due_on == _oracle(day, left) or deadline.counted_on != day


def _oracle(day, count):
    if count == 0 and not _works(day):
        count = 1
    while count:
        day += timedelta(days=1)
        count -= _works(day)
    return day


def _works(day):
    return chinese_calendar.is_workday(day)


WORDS = Words(zh="某", en="some")
RUNNING = State(id="running", title=WORDS)
STOPPED = State(id="stopped", title=WORDS, stops_clock=True)
