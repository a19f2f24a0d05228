"""Objections (异议): to any decision; upheld, the case is decided anew by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.matters.cases.errors import ObjectionOpen, ReasonMissing
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services import crossing
from shuzhi.business.matters.cases.services.handling import require_own
from shuzhi.business.matters.cases.services.moving import PLATFORM, declared_of, locked, move, value_of
from shuzhi.business.matters.cases.types import DECIDED, Action, Case
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops

OBJECTION_LOOP = "case-objection"


@transaction.atomic
def object_to(*, case: str, said: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Object to a decision (提出异议): the office looks again in a loop of its own.

    Raises:
        ReasonMissing: nothing was said.
        ObjectionOpen: one is being handled.
        NotYourCase, NoSuchCase, NotInState, CaseChanged: as they say.
    """
    row = locked(case, *DECIDED, version=version)
    require_own(row, by)
    text = said.strip()[:2000]
    if not text:
        raise ReasonMissing
    if row.objection and workflow.dossier(int(row.objection.partition("/")[2])).is_open:
        raise ObjectionOpen(case=case, dossier=row.objection)
    if crossing.is_elsewhere(row):
        crossing.send_word(row, Action.OBJECT, at=at, note=text)
        move(row, Action.OBJECT, by=by, at=at, note=text)
        return value_of(row, at=at)
    declared, number = declared_of(row), number_of(row)
    title = declared.title if declared else Words(zh=row.matter, en=row.matter)
    opened = loops.open_dossier(
        loop=(declared.objection if declared else "") or OBJECTION_LOOP, subject=f"case/{number}",
        title=Words(zh=f"异议：{title.zh}（{number}）", en=f"Objection: {title.en} ({number})"),
        office=row.office, requester=row.applicant, by=system(PLATFORM), at=at,
        facts={"case": number, "said": text},
    )  # fmt: skip
    row.objection = f"dossier/{opened.id}"
    move(row, Action.OBJECT, by=by, at=at, note=text, also=("objection",), dossier=opened.id)
    return value_of(row, at=at)
