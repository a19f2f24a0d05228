"""How long cases took (办理时长): in working days, without those on which only the requester was waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.calendars import CalendarNotPublished
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes.types import CaseState

Span = tuple[date, date]


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
