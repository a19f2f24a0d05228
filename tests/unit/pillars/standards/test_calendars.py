from __future__ import annotations

import runpy
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.calendars import CalendarNotPublished

REPOSITORY = Path(__file__).resolve().parents[4]
FIRST, LAST = date(2007, 1, 1), date(2026, 12, calendars.LATE_DECEMBER - 1)


class TestAgainstAnotherSource:
    def test_agrees_with_chinesecalendar_on_every_published_day(self):
        days = (FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1))
        assert [d for d in days if calendars.is_working_day(d) != chinese_calendar.is_workday(d)] == []

    def test_shipped_files_are_what_the_source_says(self, shared_data, tmp_path):
        script = runpy.run_path(str(REPOSITORY / "scripts" / "build_calendars.py"))
        script["build"](shared_data / "holidays", tmp_path)
        for name in ("holidays.csv", "papers.csv"):
            shipped = packs_root() / calendars.CALENDAR / name
            assert (tmp_path / name).read_bytes() == shipped.read_bytes()


class TestNotPublished:
    @pytest.mark.parametrize("day", [date(2027, 1, 4), date(2006, 12, 29), date(2030, 5, 1)])
    def test_an_unpublished_year_is_not_guessed(self, day):
        with pytest.raises(CalendarNotPublished, match=str(day.year)) as refusal:
            calendars.is_working_day(day)
        assert "尚未公布" in refusal.value.message_zh

    def test_late_december_needs_the_next_years_notice(self):
        assert calendars.is_working_day(date(2026, 12, 28))
        with pytest.raises(CalendarNotPublished, match="2027"):
            calendars.is_working_day(date(2026, 12, 29))

    def test_a_period_that_crosses_into_it_is_refused(self):
        with pytest.raises(CalendarNotPublished):
            calendars.add_working_days(date(2026, 12, 20), 10)
        with pytest.raises(CalendarNotPublished):
            calendars.working_days_between(date(2026, 12, 1), date(2027, 1, 10))
        with pytest.raises(CalendarNotPublished):
            calendars.due_on(date(2026, 12, 28), 1)


class TestWorkingDays:
    def test_days_off_and_weekends_worked(self):
        assert not calendars.is_working_day(date(2026, 1, 1))
        assert calendars.is_working_day(date(2026, 1, 4))  # a Sunday, worked
        assert calendars.is_working_day(date(2011, 12, 31))  # Saturday; said in the notice for 2012
        assert calendars.is_working_day(date(2018, 12, 29))  # Saturday; said in the notice for 2019
        assert not calendars.is_working_day(date(2018, 12, 31))

    def test_periods(self):
        assert calendars.add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)
        assert calendars.due_on(date(2026, 9, 30), 1) == date(2026, 10, 8)
        assert calendars.due_on(date(2026, 10, 1), 0) == date(2026, 10, 8)
        assert calendars.working_days_between(date(2024, 12, 31), date(2025, 12, 31)) == 248

    @given(st.dates(date(2008, 1, 1), date(2025, 6, 1)), st.integers(-250, 250))
    def test_counting_undoes_adding(self, day, count):
        end = calendars.add_working_days(day, count)
        if count >= 0:
            assert calendars.working_days_between(day, end) == count
        else:
            assume(calendars.is_working_day(day))
            assert calendars.working_days_between(end, day) == -count
            assert calendars.working_days_between(day, end) == count
        assert count == 0 or calendars.is_working_day(end)
