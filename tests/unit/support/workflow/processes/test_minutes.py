"""How long cases took in minutes: what only the requester was waited for does not count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.support.workflow.people import ASKER, FRIDAY, INSTALLER, OFFICER
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes import queries, services
from shuzhi.support.workflow.processes.declaring import declare
from shuzhi.support.workflow.processes.terms import case_minutes, covered

DAY = FRIDAY.date()
MINUTE = timedelta(minutes=1)
PAID_THEN_ENTERED = drawn(
    SE
    + '<userTask id="pay" name="缴税" shuzhi:office="requester"/><userTask id="enter" name="登簿"/>'
    + flows("start>pay", "pay>enter", "enter>end")
)


def at(minutes: int) -> datetime:
    return FRIDAY + minutes * MINUTE


def begin():
    declared, faults = declare("p", ("p.bpmn", PAID_THEN_ENTERED))
    assert declared is not None, faults
    services.install_process(declaration=declared, pack="people/birth", by=INSTALLER, at=FRIDAY)
    return services.start_process(
        process="p", subject="unit/1", title=Words(zh="过户", en="A home"), office="market-regulation",
        requester="taxation", by=OFFICER, at=FRIDAY, variables={},
    )  # fmt: skip


def do(case, by, minutes):
    (task,) = queries.tasks(case.id, today=DAY, open_only=True)
    services.complete_task(task=task.id, by=by, at=at(minutes))


@pytest.mark.django_db
class TestCaseMinutes:
    def test_waiting_for_the_requester_does_not_count(self):
        case = begin()
        do(case, ASKER, 90)
        do(case, OFFICER, 120)

        (found,) = case_minutes(process="p", until=DAY)

        assert (found.ended, found.minutes) == (True, 30)

    def test_an_open_case_says_nothing_before_its_day_is_over(self):
        case = begin()
        do(case, ASKER, 10)

        (today,) = case_minutes(process="p", until=DAY)
        (next_day,) = case_minutes(process="p", until=DAY + timedelta(days=1))

        assert today.minutes is None
        assert not next_day.ended
        assert next_day.minutes > 60

    def test_a_case_that_ended_later_was_open_on_the_day(self):
        case = begin()
        do(case, ASKER, 10)
        do(case, OFFICER, 3 * 24 * 60)

        assert [each.ended for each in case_minutes(process="p", until=DAY)] == [False]
        assert [each.ended for each in case_minutes(process="p", until=DAY + timedelta(days=5))] == [True]

    def test_days_before_it_began_do_not_know_it(self):
        begin()

        assert case_minutes(process="p", until=DAY - timedelta(days=1)) == []


moments = st.integers(0, 300).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE)


@given(st.lists(st.tuples(moments, moments).map(lambda pair: tuple(sorted(pair))), max_size=8))
def test_minutes_under_several_waits_count_once(spans):
    minutes = {begun + n * MINUTE for begun, over in spans for n in range(int((over - begun) / MINUTE))}

    assert covered(spans) == len(minutes) * MINUTE
