"""Dispatching, returning, replying, verifying, merging (转办、退回、答复、回访、并单): each is a step of the desk's loop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.incidents import models, queries
from shuzhi.business.incidents.errors import (
    NoSuchRequest,
    NotRatedYet,
    NotTheSame,
    OfficeUnknown,
    ReopenedTooOften,
    ReturnedTooOften,
)
from shuzhi.business.incidents.types import Request, RequestAnswered, RequestVerified
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.ratings import services as ratings
from shuzhi.support.ratings.types import Rating
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops


@transaction.atomic
def dispatch(*, number: str, office: str | None, note: str, by: Actor, at: datetime) -> Request:
    """Give it to an office (转办), by default the one that the table proposes; after a return, to another (改派).

    Raises:
        OfficeUnknown: there is none of this name.
        Forbidden, ActionNotAllowedHere: as the loop says.
    """
    row = _locked(number)
    target = office or row.office
    if organization.office(target) is None:
        raise OfficeUnknown(office=target[:60])
    loops.act(dossier=row.dossier or 0, action="dispatch", by=by, at=at, note=note, to_office=target)
    row.office = target
    row.save(update_fields=["office"])
    return queries.request(number)


@transaction.atomic
def return_to_desk(*, number: str, note: str, by: Actor, at: datetime) -> Request:
    """It is not this office's task (退回). Not more often than the desk allows.

    Raises:
        ReturnedTooOften: somebody has to do it.
        Forbidden, EvidenceMissing, ActionNotAllowedHere: as the loop says.
    """
    row = _locked(number)
    if row.returns >= queries.desk(row.desk).returns:
        raise ReturnedTooOften(times=row.returns)
    loops.act(dossier=row.dossier or 0, action="return", by=by, at=at, note=note)
    _follow(row, "return", at)
    return queries.request(number)


@transaction.atomic
def reply(*, number: str, note: str, by: Actor, at: datetime) -> Request:
    """The office replies (答复); the desk then asks the caller.

    Raises:
        Forbidden, EvidenceMissing, ActionNotAllowedHere: as the loop says.
    """
    row = _locked(number)
    loops.act(dossier=row.dossier or 0, action="reply", by=by, at=at, note=note)
    _follow(row, "reply", at)
    return queries.request(number)


@transaction.atomic
def verify(
    *, number: str, solved: bool, satisfaction: int | None, note: str, by: Actor, at: datetime
) -> Request:
    """What the caller says (回访核实): solved, it is closed; not solved, the office does it again (重办).

    Raises:
        ScoreWrong: satisfaction is no number from 1 to 5.
        NotRatedYet: it is not solved, and yet satisfaction is told.
        ReopenedTooOften: it has been opened again as often as the desk allows.
        Forbidden, EvidenceMissing, ActionNotAllowedHere: as the loop says.
    """
    row = _locked(number)
    if not solved and satisfaction is not None:
        raise NotRatedYet
    if not solved and row.reopenings >= queries.desk(row.desk).reopenings:
        raise ReopenedTooOften(times=row.reopenings)
    loops.act(dossier=row.dossier or 0, action="close" if solved else "reopen", by=by, at=at, note=note)
    row.is_solved = solved
    _follow(row, "close" if solved else "reopen", at)
    if satisfaction is not None:
        ratings.record(
            subject=f"dossier/{row.dossier}", office=row.office, score=satisfaction, words=note, by=by, at=at
        )
    publish(RequestVerified(number, row.desk, row.office, solved, satisfaction, at), at=at)
    return queries.request(number)


def rate(*, number: str, code: str, score: int, words: str, at: datetime) -> Rating:
    """What the caller says on the page, by number and code: the same rating that the desk would write down.

    No transaction of its own, so that a wrong code is counted.

    Raises:
        CodeWrong, TooManyTries: as for the look-up.
        NotOverYet, NoLongerChangeable, ScoreWrong: as for every rating.
    """
    found, dossier, _ = queries.status(number, code)
    office = found.office if found.merged_into is None else None
    return ratings.record(
        subject=f"dossier/{dossier.id}", office=office, score=score, words=words,
        by=system("incidents"), at=at,
    )  # fmt: skip


@transaction.atomic
def merge(*, number: str, into: str, note: str, by: Actor, at: datetime) -> Request:
    """The same matter as another request (并单): its dossier ends, the other one stands for it.

    Raises:
        NotTheSame: it would stand for itself, or for one that is merged.
        Forbidden, ActionNotAllowedHere: as the loop says.
    """
    row, head = _locked(number), _locked(into)
    if row.id == head.id or head.merged_into_id or row.others.exists():
        raise NotTheSame
    loops.act(dossier=row.dossier or 0, action="merge", by=by, at=at, note=note or f"并入 {into}")
    row.merged_into, row.office = head, head.office
    row.save(update_fields=["merged_into", "office"])
    audit.record("incidents.merged", target=f"request/{number}", by=by, at=at, into=into)
    return queries.request(number)


@transaction.atomic
def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """A step taken in the inbox: what it means for the request is kept."""
    del at  # the history says when
    row = models.Request.objects.select_for_update().filter(dossier=payload["dossier"]).first()
    if row is None:
        return
    steps = workflow.history(payload["dossier"])
    if payload["action"] == "dispatch":
        row.office = str(workflow.dossier(payload["dossier"]).facts.get("handler") or row.office)
        row.save(update_fields=["office"])
    row.returns = sum(step.action == "return" for step in steps)
    row.reopenings = sum(step.action == "reopen" for step in steps)
    replied = [step.at for step in steps if step.action == "reply"]
    if replied and row.answered_at is None:
        row.answered_at = replied[0]
    row.save(update_fields=["returns", "reopenings", "answered_at"])


def _follow(row: models.Request, action: str, at: datetime) -> None:
    row.returns += action == "return"
    row.reopenings += action == "reopen"
    if action == "reply":
        row.answered_at = row.answered_at or at
        publish(RequestAnswered(row.number or "", row.desk, row.office, at), at=at)
    row.save()


def _locked(number: str) -> models.Request:
    row = models.Request.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NoSuchRequest(number=number[:30])
    return row
