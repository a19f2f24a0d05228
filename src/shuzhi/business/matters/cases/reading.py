"""Rows of cases as values."""

from __future__ import annotations

from datetime import datetime

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock, numbers
from shuzhi.business.matters.cases.clock import Clock
from shuzhi.business.matters.cases.types import (
    Action,
    CameFile,
    Case,
    CaseLine,
    CaseMaterial,
    CaseStep,
    Delivery,
    Had,
    Point,
    State,
)
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.support.workflow.types import DueReason


def number_of(row: models.Case) -> str:
    """A case's number."""
    return numbers.written(day_of(row.opened_at), row.id)


def file_of(row: models.CaseFile) -> CameFile:
    """A file that came with a case, as other rooms and pages see it."""
    return CameFile(row.field, row.sha256, row.name, row.kind, row.size, row.at, row.erased_at)


def clock_of(row: models.Case) -> Clock:
    """A case's clock."""
    unit: clock.Unit = "minutes" if row.unit == "minutes" else "days"
    return Clock(unit, row.left, row.counted_at, row.due_at, DueReason(row.due_reason))


def set_clock(row: models.Case, kept: Clock) -> None:
    """Write a clock into its case."""
    row.unit, row.left, row.counted_at = kept.unit, kept.left, kept.counted_at
    row.due_at, row.due_reason, row.rank_at = kept.due_at, kept.reason.value, kept.rank_at


def case_of(row: models.Case, title: Words, *, at: datetime) -> Case:
    """A row as other rooms and pages see it."""
    return Case(
        id=row.id, number=number_of(row), matter=row.matter, title=title, office=row.office,
        applicant=row.applicant, scheme=row.scheme, holder=row.holder, agent=row.agent, channel=row.channel,
        submission=row.submission, state=State(row.state), reason=row.reason, version=row.version,
        opened_at=row.opened_at, accepted_at=row.accepted_at, decided_at=row.decided_at,
        delivered_at=row.delivered_at, archived_at=row.archived_at, closed_at=row.closed_at,
        due_at=row.due_at, due_reason=DueReason(row.due_reason),
        days_left=clock.days_left(clock_of(row), at=at) if row.closed_at is None else None,
        is_late=is_late(row, at), is_instant=row.is_instant, delivery=Delivery(row.delivery),
        credential=row.credential, review=row.review, objection=row.objection,
        commitment=row.commitment, check=row.check_dossier,
        points=tuple(Point(each["what"], each["how"]) for each in row.points),
        materials=tuple(map(_material, row.materials)),
    )  # fmt: skip


def line_of(row: models.Case, *, at: datetime) -> CaseLine:
    """A row as a list shows it."""
    return CaseLine(
        row.id, number_of(row), row.matter, row.office, row.applicant, row.channel, State(row.state),
        row.opened_at, row.due_at, row.closed_at, row.rank_at, is_late(row, at), row.is_instant,
    )  # fmt: skip


def step_of(row: models.CaseStep) -> CaseStep:
    """A line of the history."""
    return CaseStep(
        row.seq, Action(row.action), State(row.state), row.by, row.by_title, row.office, row.at, row.note
    )


def is_late(row: models.Case, at: datetime) -> bool:
    """Whether it was decided late, or is open past its moment."""
    return row.is_late or (row.decided_at is None and row.due_at is not None and at >= row.due_at)


def _material(stored: dict[str, str]) -> CaseMaterial:
    title = Words(zh=stored["zh"], en=stored["en"])
    return CaseMaterial(stored["id"], title, Had(stored["had"]), stored.get("ref", ""))
