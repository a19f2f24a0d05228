"""A case's clock (办理时限): working days, or minutes where the office promises minutes. It stands while the applicant corrects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import deadlines
from shuzhi.support.workflow.deadlines import Deadline
from shuzhi.support.workflow.types import Due, DueReason
from shuzhi.support.workflow.types import State as Runs

Unit = Literal["days", "minutes"]
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_GOES = Runs(id="goes", title=Words(zh="计时", en="Goes"))
_STANDS = Runs(id="stands", title=Words(zh="暂停", en="Stands"), stops_clock=True)


@dataclass(frozen=True)
class Clock:
    """`left` working days, or seconds, were left at `counted_at`; while the clock goes, that makes `due_at`."""

    unit: Unit
    left: int
    counted_at: datetime
    due_at: datetime | None
    reason: DueReason

    @property
    def rank_at(self) -> datetime:
        """By what open cases are ordered."""
        return self.due_at or NEVER


def begin(*, days: int | None = None, minutes: int | None = None, at: datetime) -> Clock:
    """A clock that starts now."""
    if minutes is not None:
        seconds = minutes * 60
        return Clock("minutes", seconds, at, at + timedelta(seconds=seconds), DueReason.RUNNING)
    return _of(deadlines.begin(Due(working_days=days or 0), _GOES, on=day_of(at)), at)


def stop(clock: Clock, *, at: datetime) -> Clock:
    """Let it stand: what is left is left. What is late already stays late."""
    if clock.unit == "days":
        return _of(deadlines.carry(_deadline(clock), _STANDS, on=day_of(at)), at, clock)
    if clock.due_at is None or at > clock.due_at:
        return clock
    left = int((clock.due_at - at).total_seconds())
    return replace(clock, left=left, counted_at=at, due_at=None, reason=DueReason.STOPPED)


def go_on(clock: Clock, *, at: datetime) -> Clock:
    """Let it go on with what was left."""
    if clock.reason is not DueReason.STOPPED:
        return clock
    if clock.unit == "days":
        return _of(deadlines.carry(_deadline(clock), _GOES, on=day_of(at)), at, clock)
    due = at + timedelta(seconds=clock.left)
    return replace(clock, counted_at=at, due_at=due, reason=DueReason.RUNNING)


def in_time(clock: Clock, *, at: datetime) -> bool | None:
    """Whether something that happens now is in time; None where no calendar says so. A clock that stands had time left."""
    if clock.due_at is None:
        return None if clock.reason is DueReason.NOT_PUBLISHED else True
    return at < clock.due_at


def days_left(clock: Clock, *, at: datetime) -> int | None:
    """Working days left, negative when late; None for minutes and where nothing is due."""
    if clock.unit != "days" or clock.due_at is None:
        return None
    left, _ = deadlines.light(_last_day(clock.due_at), amber=0, today=day_of(at))
    return left


def said(due_at: datetime | None) -> date | datetime | None:
    """A due moment as people say it: the last day where it is the end of a day."""
    if due_at is None:
        return None
    return _last_day(due_at) if due_at.astimezone(CHINA).time() == time() else due_at


def _of(found: Deadline, at: datetime, before: Clock | None = None) -> Clock:
    counted = before.counted_at if before and found.counted_on == day_of(before.counted_at) else at
    due = None
    if found.due_on is not None:  # the whole of the last day
        due = datetime.combine(found.due_on + timedelta(days=1), time(), CHINA).astimezone(UTC)
    return Clock("days", found.days_left, counted, due, found.reason)


def _deadline(clock: Clock) -> Deadline:
    due = _last_day(clock.due_at) if clock.due_at else None
    return Deadline(day_of(clock.counted_at), clock.left, due, clock.reason)


def _last_day(due_at: datetime) -> date:
    return day_of(due_at - timedelta(microseconds=1))
