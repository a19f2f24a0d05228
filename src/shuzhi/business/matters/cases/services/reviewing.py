"""Review (审查): a case goes through its matter's process or loop, which decides it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services.instant import accept_at_once
from shuzhi.business.matters.cases.services.moving import PLATFORM
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.foundation.database import prepared
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.processes import queries as running
from shuzhi.support.workflow.processes import services as processes

CASE = "case_number"
SUBMISSION = "submission"


def begin_process(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> None:
    """Accept a case by the platform and begin its process; one that its form begins is found again by its news."""
    assert declared.handling is not None
    accept_at_once(row, declared, at=at)
    run_process(row, declared, at=at)


def run_process(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> None:
    """Begin the process of an accepted case."""
    assert declared.handling is not None
    if row.submission and declared.form and running.begun_by(declared.form) == declared.handling.process:
        return
    begun = processes.start_process(
        process=declared.handling.process, subject=f"case/{number_of(row)}", title=_title(row, declared),
        office=row.office, requester=row.applicant, by=system(PLATFORM), at=at, variables=variables(row),
    )  # fmt: skip
    note_review(row, f"process/{begun.id}")


def open_loop(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> None:
    """Open the dossier of the matter's loop."""
    assert declared.handling is not None
    opened = loops.open_dossier(
        loop=declared.handling.loop, subject=f"case/{number_of(row)}", title=_title(row, declared),
        office=row.office, requester=row.applicant, by=system(PLATFORM), at=at, facts=variables(row),
    )  # fmt: skip
    note_review(row, f"dossier/{opened.id}")


def note_review(row: models.Case, review: str) -> None:
    """Write down where a case is decided."""
    row.review = review
    prepared.change(row, "review")


def variables(row: models.Case) -> dict[str, Any]:
    """What a process or loop is told of a case: the answers, the situations, its number."""
    own = {CASE: number_of(row), "matter": row.matter, SUBMISSION: row.submission}
    return {**row.answers, **row.choices, **own}


def _title(row: models.Case, declared: MatterDeclaration) -> Words:
    number = number_of(row)
    return Words(zh=f"{declared.title.zh} {number}"[:200], en=f"{declared.title.en} {number}"[:200])


def end_review(row: models.Case, *, at: datetime, why: str = "申请人撤回") -> None:
    """End what runs for a case that goes no further: its process is cancelled, its dossier closed where the loop can."""
    kind, _, number = row.review.partition("/")
    if kind == "process":
        with suppress(PlatformError):  # it may have ended by itself
            processes.cancel_case(case=int(number), reason=why, by=system(PLATFORM), at=at)
    elif kind == "dossier":
        with suppress(PlatformError):  # a loop that knows no withdrawal is closed by its office
            loops.act(dossier=int(number), action="withdraw", by=system(PLATFORM), at=at, note=why)
    row.review = ""
