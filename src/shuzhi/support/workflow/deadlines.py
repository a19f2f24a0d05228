"""The dossier's clock (期限): working days from the day of opening, waiting where a state says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.calendars import CalendarNotPublished
from shuzhi.support.workflow.types import Due, DueReason, Light, State


@dataclass(frozen=True)
class Deadline:
    """`days_left` working days were left on `counted_on`; while the clock runs, that makes `due_on`."""

    counted_on: date
    days_left: int
    due_on: date | None
    reason: DueReason


def begin(due: Due, state: State, *, on: date) -> Deadline:
    """The deadline of a dossier opened on this day."""
    fresh = Deadline(counted_on=on, days_left=due.working_days, due_on=None, reason=DueReason.STOPPED)
    return _run(fresh, on=on) if state.runs_clock else fresh


def carry(deadline: Deadline, state: State, *, on: date) -> Deadline:
    """The deadline after a step into `state` on this day.

    Entering a final state leaves it as it is, for the record. A dossier that is already late stays late:
    stopping the clock forgives nothing.
    """
    if state.final:
        return deadline
    if state.runs_clock:
        return _run(deadline, on=on) if deadline.reason is DueReason.STOPPED else deadline
    return deadline if deadline.reason is DueReason.STOPPED else _stop(deadline, on=on)


def settle(deadline: Deadline) -> Deadline:
    """Try again to name the due day of a deadline whose year was not published."""
    if deadline.reason is not DueReason.NOT_PUBLISHED:
        return deadline
    return _run(deadline, on=deadline.counted_on)


def light(due_on: date | None, *, amber: int, today: date) -> tuple[int | None, Light]:
    """Working days left (negative when late) and the light a page shows for them."""
    if due_on is None:
        return None, Light.NONE
    if today > due_on:
        return _days(due_on, today, sign=-1), Light.RED
    left = _days(today, due_on, sign=1)
    near = left is not None and left <= amber
    return left, Light.AMBER if near else Light.GREEN


def _run(deadline: Deadline, *, on: date) -> Deadline:
    try:
        due_on = calendars.due_on(on, deadline.days_left)
    except CalendarNotPublished:
        return replace(deadline, counted_on=on, due_on=None, reason=DueReason.NOT_PUBLISHED)
    return replace(deadline, counted_on=on, due_on=due_on, reason=DueReason.RUNNING)


def _stop(deadline: Deadline, *, on: date) -> Deadline:
    try:
        left = deadline.days_left - calendars.working_days_between(deadline.counted_on, on)
    except CalendarNotPublished:
        return deadline  # what cannot be counted cannot be given back
    late = deadline.due_on is not None and on > deadline.due_on
    if late:
        return deadline
    return Deadline(counted_on=on, days_left=max(left, 0), due_on=None, reason=DueReason.STOPPED)


def _days(start: date, end: date, *, sign: int) -> int | None:
    try:
        return sign * calendars.working_days_between(start, end)
    except CalendarNotPublished:
        return None
