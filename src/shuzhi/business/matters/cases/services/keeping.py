"""After the end (归档、评价) and beside it (自建系统办件): the archive, ratings, cases that other systems handled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.errors import KeyTaken, NoSuchCase
from shuzhi.business.matters.cases.reading import number_of, set_clock
from shuzhi.business.matters.cases.services.moving import (
    PLATFORM,
    locked,
    move,
    unlocked,
    value_of,
    write_down,
)
from shuzhi.business.matters.cases.types import Action, Case, Delivery, State
from shuzhi.business.matters.library import queries as library
from shuzhi.foundation.database import prepared
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.ratings.types import Served
from shuzhi.support.workflow.processes import registry
from shuzhi.support.workflow.processes.registry import ServiceCall

ARCHIVE = "archive.file_case"
OWN_SYSTEM = "own-system"


@transaction.atomic
def archive(*, case: str, at: datetime) -> bool:
    """File a case that is over (归档); False where there is no archive yet, or it is filed already.

    Raises:
        NoSuchCase: as it says.
    """
    row = locked(case)
    if row.closed_at is None or row.archived_at is not None or ARCHIVE not in registry.offered():
        return False
    value = value_of(row, at=at)
    number = number_of(row)
    registry.call(
        ARCHIVE,
        ServiceCall(
            inputs={
                "subject": f"case/{number}",
                "kind": "other",
                "title": f"{value.title.zh} {number}",
                "title_en": f"{value.title.en or value.title.zh} {number}",
                "office": row.office,
                "closed_at": row.closed_at.isoformat(),
                "contents": [],
                "facts": {
                    "case": number, "matter": row.matter, "result": row.state, "credential": row.credential,
                    "channel": row.channel, "opened_at": row.opened_at.isoformat(),
                },
            },
            case=row.id, subject=f"case/{number}", office=row.office, by=system(PLATFORM), at=at,
        ),
    )  # fmt: skip
    row.archived_at = at
    move(row, Action.ARCHIVE, by=system(PLATFORM), at=at, also=("archived_at",))
    return True


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
