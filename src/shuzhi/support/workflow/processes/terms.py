"""How long cases took (办理时长): in working days or minutes, without those on which only the requester was waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.calendars import CalendarNotPublished
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes.types import CaseState

Span = tuple[date, date]
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class CaseTerm:
    """A case with the working days that it has taken; None where a year's holidays are not published."""

    case: int
    ended: bool
    working_days: int | None


def case_terms(*, process: str, until: date) -> list[CaseTerm]:
    """The cases of a process that began by a day, as they stood at its end; cancelled ones are left out."""
    rows = (
        models.ProcessCase.objects.filter(process=process).exclude(state=CaseState.CANCELLED).order_by("id")
    )
    cases = [
        row
        for row in rows.only("id", "opened_at", "closed_at", "requester")
        if day_of(row.opened_at) <= until
    ]
    waits = _waits([row.id for row in cases], until)
    return [_term(row, waits[row.id], until) for row in cases]


@dataclass(frozen=True)
class CaseMinutes:
    """A case with the whole minutes that it took; None while it is open and its day is not over."""

    case: int
    ended: bool
    minutes: int | None


def case_minutes(*, process: str, until: date) -> list[CaseMinutes]:
    """The cases of a process that began by a day, in minutes, as they stood at its end; cancelled ones are left out.

    Times at which only the requester was waited for do not count. A case that began on the last day and is open says
    nothing yet: the day may still be running.
    """
    rows = models.ProcessCase.objects.filter(process=process).exclude(state=CaseState.CANCELLED)
    cases = [
        row
        for row in rows.order_by("id").only("id", "opened_at", "closed_at", "requester")
        if day_of(row.opened_at) <= until
    ]
    end = datetime.combine(until + timedelta(days=1), time.min, tzinfo=CHINA)
    waits = _moments([row.id for row in cases], end)
    return [_in_minutes(row, waits[row.id], end) for row in cases]


def _moments(cases: list[int], end: datetime) -> dict[int, list[Moments]]:
    found: dict[int, list[Moments]] = defaultdict(list)
    rows = models.ProcessTask.objects.filter(case_id__in=cases, office=F("case__requester"))
    for case, begun, over in rows.values_list("case_id", "opened_at", "closed_at"):
        found[case].append((begun, min(over or end, end)))
    return found


def _in_minutes(row: models.ProcessCase, waits: list[Moments], end: datetime) -> CaseMinutes:
    closed = row.closed_at if row.closed_at and row.closed_at < end else None
    if closed is None and day_of(row.opened_at) >= day_of(end - timedelta(days=1)):
        return CaseMinutes(row.id, ended=False, minutes=None)
    taken = (closed or end) - row.opened_at - covered(waits)
    return CaseMinutes(row.id, closed is not None, int(taken / timedelta(minutes=1)))


def covered(spans: Iterable[Moments]) -> timedelta:
    """How long at least one of the spans lasted."""
    total, reached = timedelta(0), None
    for begun, over in sorted(spans):
        start = begun if reached is None else max(begun, reached)
        total += max(over - start, timedelta(0))
        reached = over if reached is None else max(over, reached)
    return total


def _waits(cases: list[int], until: date) -> dict[int, list[Span]]:
    """When each case waited for its requester."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = models.ProcessTask.objects.filter(case_id__in=cases).select_related("case").only(
        "office", "opened_at", "closed_at", "case__requester"
    )  # fmt: skip
    for row in rows.order_by("id"):
        if row.case.requester is not None and row.office == row.case.requester:
            found[row.case_id].append(
                (day_of(row.opened_at), day_of(row.closed_at) if row.closed_at else until)
            )
    return found


def _term(row: models.ProcessCase, waits: list[Span], until: date) -> CaseTerm:
    closed = day_of(row.closed_at) if row.closed_at else None
    ended = closed is not None and closed <= until
    last = closed if ended and closed is not None else until
    try:
        return CaseTerm(row.id, ended, working_days(day_of(row.opened_at), last, waits))
    except CalendarNotPublished:
        return CaseTerm(row.id, ended, None)


def working_days(first: date, last: date, waits: Iterable[Span]) -> int:
    """The working days after the first day up to the last, without those after a wait's first up to its last.

    Raises:
        CalendarNotPublished: a day lies in a year whose holidays are not known.
    """
    every = {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    for begun, over in waits:
        every -= {begun + timedelta(days=n) for n in range(1, (over - begun).days + 1)}
    return sum(calendars.is_working_day(day) for day in every)
