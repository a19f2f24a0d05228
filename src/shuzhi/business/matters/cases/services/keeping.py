"""After the end (归档、评价) and beside it (自建系统办件): the archive, ratings, cases that other systems handled."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.errors import KeyTaken, NoSuchCase
from shuzhi.business.matters.cases.reading import set_clock
from shuzhi.business.matters.cases.services.moving import (
    PLATFORM,
    declared_of,
    locked,
    move,
    unlocked,
    value_of,
    write_down,
)
from shuzhi.business.matters.cases.types import Action, Case, Delivery, State
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.archive import queries as kinds
from shuzhi.support.archive import services as files
from shuzhi.support.archive.types import ArchivedFile
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.ratings.types import Served
from shuzhi.support.workflow.processes import queries as processes

USUAL, OTHER = "matter-cases", "other"
OWN_SYSTEM = "own-system"


@transaction.atomic
def archive(*, case: str, at: datetime) -> bool:
    """File a case that is over (归档) with its history, its review and its credential; False where it is filed already.

    The matter names the kind, else it is `matter-cases` where a pack declares that.

    Raises:
        NoSuchCase: as it says.
    """
    row = locked(case)
    if row.closed_at is None or row.archived_at is not None:
        return False
    value, declared = value_of(row, at=at), declared_of(row)
    files.file_case(
        subject=f"case/{case}", kind=_kind(declared), office=row.office, closed_at=row.closed_at,
        title=Words(zh=f"{value.title.zh} {case}", en=f"{value.title.en or value.title.zh} {case}"),
        facts=_facts(row, case), history=_history(row), contents=_contents(row), by=system(PLATFORM), at=at,
    )  # fmt: skip
    row.archived_at = at
    move(row, Action.ARCHIVE, by=system(PLATFORM), at=at, also=("archived_at",))
    return True


def _kind(declared: MatterDeclaration | None) -> str:
    named = (declared.archive if declared else "") or USUAL
    return named if kinds.kind(named) is not None else OTHER


def _facts(row: models.Case, case: str) -> dict[str, Any]:
    """What was asked for, what was there, and how it was decided."""
    return {
        "case": case, "matter": row.matter, "applicant": f"{row.scheme}/{row.holder}", "agent": row.agent,
        "channel": row.channel, "submission": row.submission, "answers": row.answers, "choices": row.choices,
        "materials": row.materials, "points": row.points, "commitment": row.commitment, "result": row.state,
        "reason": row.reason, "verdict": row.verdict, "credential": row.credential, "opened_at": row.opened_at,
        "accepted_at": row.accepted_at, "decided_at": row.decided_at, "delivered_at": row.delivered_at,
        "files": list(row.files.order_by("id").values("field", "name", "sha256", "size", "at")),
    }  # fmt: skip


def _history(row: models.Case) -> list[dict[str, Any]]:
    steps = models.CaseStep.objects.filter(case_id=row.id).order_by("seq")
    return [
        dict(each)
        for each in steps.values("seq", "action", "state", "by", "by_title", "office", "at", "note")
    ]


def _contents(row: models.Case) -> list[ArchivedFile]:
    """The steps of its process, and the credential that came of it."""
    found = []
    kind, _, number = row.review.partition("/")
    if kind == "process":
        steps = [asdict(each) for each in processes.steps(int(number))]
        found.append(ArchivedFile("review.json", json.dumps(steps, default=str, ensure_ascii=False).encode()))
    if row.credential:
        found.append(ArchivedFile("credential.json", credentials.signed(row.credential).file.encode()))
    return found


@transaction.atomic
def report_elsewhere(
    *, matter: str, reference: str, holder: str, scheme: str, handled_at: datetime, by: Actor, at: datetime
) -> Case:
    """Write down a case that an office's own system handled (自建系统办件): K03 counts it, and nothing is done about it.

    The same reference of the same matter again is the same case.

    Raises:
        NoSuchMatter, Forbidden: as they say.
    """
    found = library.matter(matter)
    policy.require("matters.report", by=by, office=found.declaration.office)
    key = f"elsewhere/{matter}/{reference}"[:80]
    earlier = models.Case.objects.filter(key=key).first()
    if earlier is not None:
        if earlier.matter != matter:
            raise KeyTaken(key=reference)
        return value_of(earlier, found.declaration, at=at)
    row = models.Case(
        key=key, matter=matter, digest=found.digest, office=found.declaration.office,
        applicant=f"{scheme}/{holder}"[:200], scheme=scheme, holder=holder[:30], channel=OWN_SYSTEM,
        state=State.ELSEWHERE.value, opened_at=handled_at, accepted_at=handled_at, decided_at=handled_at,
        closed_at=at, delivery=Delivery.WINDOW.value,
    )  # fmt: skip
    set_clock(row, clock.stop(clock.begin(minutes=1, at=handled_at), at=handled_at))
    prepared.add(row)
    with prepared.together():
        write_down(row, Action.ELSEWHERE, by=by, at=at, note=reference[:200], reference=reference[:80])
    return value_of(row, found.declaration, at=at)


def served(number: str) -> Served | None:
    """Whom a case served, for ratings (好差评): the applicant, and whoever acted for them; its office notes what was said there."""
    try:
        row = unlocked(number)
    except NoSuchCase:
        return None
    title = value_of(row, at=row.opened_at).title
    people = frozenset({row.applicant, row.agent} - {""})
    return Served(title, row.office, row.matter, people, row.closed_at, desk=row.office)
