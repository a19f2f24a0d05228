"""News from elsewhere (跟进): a form was submitted, a process or a loop has ended, and what it means for the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import ChannelClosed, FeeUnknown, NoProofOfApplicant
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services import charging
from shuzhi.business.matters.cases.services.committing import settle_check
from shuzhi.business.matters.cases.services.handling import reopen, settle
from shuzhi.business.matters.cases.services.instant import accept_at_once
from shuzhi.business.matters.cases.services.moving import PLATFORM, declared_of, locked, move, tell_step
from shuzhi.business.matters.cases.services.refilling import TASK, correct_by_form
from shuzhi.business.matters.cases.services.reviewing import SUBMISSION, note_review
from shuzhi.business.matters.cases.services.submitting import submit
from shuzhi.business.matters.cases.types import Action, State
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import Channel
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.forms import queries as forms
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.processes import queries as running
from shuzhi.support.workflow.processes.types import CaseState

GRANTS = frozenset({"granted", "approved", "done", "completed", "issued", "closed"})
UPHELD = frozenset({"upheld", "uphold"})
NOBODY = "resident_id/"  # the form was not about anybody: no case begins in the clerk's name
REFUSED = "不予办理"  # the conclusion of a journey whose key part was not done
KEPT = frozenset({"kept", "true", "confirmed"})
log = structlog.get_logger(__name__)


def on_form_submitted(message: Mapping[str, Any], at: datetime) -> None:
    """A matter's form was submitted: the case begins; a message that comes again begins none.

    What a clerk filled in at the window is the case of the person that the clerk named (一窗受理), and never the clerk's own. A form that was filled in to
    correct a case corrects that case, and begins no other.
    """
    if str(message["task"]).startswith(TASK):
        if not correct_by_form(message, at):
            log.info("matters.form_without_effect", submission=message["submission"])
        return
    if message["task"]:
        return
    matter = library.matter_of_form(message["form"])
    if matter is None or not matter.declaration.can_begin:
        return
    named, by = _named_at_window(message["submission"])
    try:
        submit(matter=matter.id, submission=message["submission"], by=by, at=at, **named)
    except (NoProofOfApplicant, ChannelClosed):
        log.info("matters.form_without_applicant", form=message["form"])


def _named_at_window(submission: str) -> tuple[dict[str, Any], Actor]:
    """Whose case it is where a clerk filled the form in, and who took it in; nothing where somebody did it themselves."""
    sent = forms.handed_in(submission)
    if sent is None or sent.is_own:
        return {}, system(PLATFORM)
    clerk = identity.actor(sent.by.removeprefix("account/"))
    by = replace(
        system(PLATFORM),
        name=sent.by,
        title=clerk.title if clerk else sent.by,
        office=clerk.office if clerk else None,
    )
    return {"applicant": sent.holder or NOBODY, "channel": Channel.WINDOW}, by


@transaction.atomic
def on_process_started(message: Mapping[str, Any], at: datetime) -> None:
    """A process that a form began: the case of the same submission is reviewed in it, and is accepted with that."""
    submission = running.case(message["case"]).variables.get(SUBMISSION)
    if not isinstance(submission, str) or not submission or message["subject"].startswith("case/"):
        return
    found = models.Case.objects.filter(submission=submission, review="", closed_at=None)
    for row in found.select_for_update():
        note_review(row, f"process/{message['case']}")
        declared = declared_of(row)
        if declared is not None and row.state == State.SUBMITTED:
            accept_at_once(row, declared, at=at)
            tell_step(row, "accepted", at=at)


@transaction.atomic
def on_process_ended(message: Mapping[str, Any], at: datetime) -> None:
    """A process has ended: it granted, refused, or left the case to a person."""
    row = _reviewed(f"process/{message['case']}")
    if row is None:
        return
    told = running.case(message["case"])
    if message["state"] != CaseState.COMPLETED:
        _to_a_person(row, "流程未能办结", at=at)
        return
    granted, note = outcome_of(told.variables)
    if granted:
        charging.let_off(row, refused_parts(told.variables), at=at)
    credential = _issued_meanwhile(row) if granted else ""
    facts = facts_of(told.variables)
    refusal = _settle(row, granted=granted, note=note, facts=facts, at=at, credential=credential)
    if isinstance(refusal, FeeUnknown):
        _to_a_person(models.Case.objects.get(id=row.id), refusal.message_zh, at=at)
    elif refusal is not None:
        # What it decided stands, though it left no facts from which the platform could make the credential.
        again = models.Case.objects.get(id=row.id)
        settle(again, granted=granted, facts={}, note=note, by=system(PLATFORM), at=at, issues=False)


@transaction.atomic
def on_dossier_closed(message: Mapping[str, Any], at: datetime) -> None:
    """A loop has ended: the review, an objection, or the check of a commitment."""
    name, state = f"dossier/{message['dossier']}", str(message["state"])
    case = str(message["subject"]).removeprefix("case/")
    if case == message["subject"]:
        return
    try:
        row = locked(case)
    except PlatformError:
        return  # another room's subject of this name
    last = workflow.history(message["dossier"])[-1]
    by = system(PLATFORM)
    if row.review == name and row.closed_at is None:
        if state == "withdrawn":
            return
        refusal = _settle(row, granted=state in GRANTS, note=last.note, facts=dict(last.evidence), at=at)
        if refusal is not None:
            why = refusal.message_zh if isinstance(refusal, FeeUnknown) else "证照所需信息不全"
            _to_a_person(models.Case.objects.get(id=row.id), why, at=at)
    elif row.objection == name and row.decided_at is not None:
        if state in UPHELD:
            reopen(row, Action.UPHOLD, by=by, at=at, note=last.note)
        else:
            move(row, Action.DISMISS, by=by, at=at, note=last.note)
    elif row.check_dossier == name and row.state == State.GRANTED:
        settle_check(row, kept=state in KEPT, note=last.note, by=by, at=at)


def outcome_of(variables: Mapping[str, Any]) -> tuple[bool, str]:
    """What a process says of its case: `granted` and `reason`, its `conclusion`, else what its `results` say, else that it came to its end."""
    said, reason = variables.get("granted"), str(variables.get("reason") or "")
    if variables.get("conclusion") == REFUSED:
        said = False
    results = [each for each in variables.get("results") or () if isinstance(each, Mapping)]
    notes = "；".join(str(each.get("note")) for each in results if each.get("note"))
    if isinstance(said, bool):
        return said, reason or ("" if said else notes)
    if results:
        return any(each.get("done") is True for each in results), reason or notes
    return True, reason


def refused_parts(variables: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a journey that its `results` say were not done, each with its note."""
    results = [each for each in variables.get("results") or () if isinstance(each, Mapping)]
    return {
        str(each["part"]): str(each.get("note") or "")
        for each in results
        if each.get("part") and each.get("done") is False
    }


def facts_of(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the credential may say: the process's variables, and what it wrote down for it under `certificate`."""
    certificate = variables.get("certificate")
    return {**variables, **(certificate if isinstance(certificate, Mapping) else {})}


def _reviewed(review: str) -> models.Case | None:
    rows = models.Case.objects.filter(review=review, closed_at=None, state=State.ACCEPTED.value)
    return rows.select_for_update().first()


def _issued_meanwhile(row: models.Case) -> str:
    """The credential that the process itself issued to the applicant, where the matter has one."""
    declared = declared_of(row)
    if declared is None or declared.result is None:
        return ""
    held = credentials.credentials_of(row.scheme, row.holder)
    since = row.accepted_at or row.opened_at
    made = [each for each in held if each.kind == declared.result.credential and each.issued_at >= since]
    return made[0].number if made else ""


def _settle(
    row: models.Case,
    *,
    granted: bool,
    note: str,
    facts: Mapping[str, Any],
    at: datetime,
    credential: str = "",
) -> PlatformError | None:
    """Write a decision; or why not: its credential can't be made of these facts, its fee can't be worked out."""
    said = note or ("" if granted else "审查未通过")
    try:
        with transaction.atomic():
            settle(
                row,
                granted=granted,
                facts=facts,
                note=said,
                by=system(PLATFORM),
                at=at,
                credential=credential,
            )
    except PlatformError as refusal:
        log.warning("matters.review_without_effect", case=number_of(row), reason=refusal.code)
        return refusal
    return None


def _to_a_person(row: models.Case, why: str, *, at: datetime) -> None:
    row.review = ""
    move(row, Action.HAND_OVER, by=system(PLATFORM), at=at, note=f"转人工办理：{why}", also=("review",))
