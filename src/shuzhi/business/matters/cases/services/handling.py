"""At the counter (受理、补正、决定、送达): what clerks do with a case, and what applicants answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import answers as telling
from shuzhi.business.matters.cases import clock, standing
from shuzhi.business.matters.cases.errors import (
    AskedAlready,
    FeeNotPaid,
    MaterialsMissing,
    NotYourCase,
    PointsMissing,
    ReasonMissing,
    ReviewUnderWay,
)
from shuzhi.business.matters.cases.gathering import gathered_again
from shuzhi.business.matters.cases.reading import clock_of, number_of, set_clock
from shuzhi.business.matters.cases.services import charging, crossing, granting, reviewing
from shuzhi.business.matters.cases.services.instant import begun
from shuzhi.business.matters.cases.services.moving import (
    PLATFORM,
    close,
    declared_of,
    locked,
    move,
    not_in_state,
    tell_decided,
    tell_step,
    value_of,
)
from shuzhi.business.matters.cases.services.submitting import stored
from shuzhi.business.matters.cases.types import Action, Case, Delivery, Point, State
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.credentials import services as credentials
from shuzhi.support.forms import queries as forms

MOST_POINTS = 30


@transaction.atomic
def accept(*, case: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Accept a case (受理): the promised time begins; a matter's process or loop takes it up.

    Raises:
        NoSuchCase, NotInState, CaseChanged, Forbidden, ReviewUnderWay: as they say.
        MaterialsMissing: something is not there; ask for it, once.
    """
    row = locked(case, State.SUBMITTED, version=version)
    policy.require("matters.handle", by=by, office=row.office)
    crossing.require_here(row)
    lacking = [each for each in row.materials if each["had"] == "missing"]
    if lacking:
        raise MaterialsMissing(
            missing=", ".join(each["en"] or each["zh"] for each in lacking),
            missing_zh="、".join(each["zh"] for each in lacking),
        )
    _take_up(row, Action.ACCEPT, by=by, at=at, since=at)
    return value_of(row, at=at)


@transaction.atomic
def reject(*, case: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Refuse to accept a case (不予受理), with the reason: the office has no such power, or there is nothing to be done.

    Raises:
        ReasonMissing, NoSuchCase, NotInState, CaseChanged, Forbidden: as they say.
    """
    row = locked(case, State.SUBMITTED, version=version)
    policy.require("matters.handle", by=by, office=row.office)
    crossing.require_here(row)
    row.reason = _reason(reason)
    row.decided_at = at
    close(row, State.NOT_ACCEPTED, at=at)
    move(row, Action.REJECT, State.NOT_ACCEPTED, by=by, at=at, note=row.reason, also=("reason",))
    tell_decided(row, at=at)
    return value_of(row, at=at)


@transaction.atomic
def ask_correction(
    *, case: str, points: Sequence[Point], by: Actor, at: datetime, version: int | None = None
) -> Case:
    """Say once everything that must be corrected (一次性告知); the clock stands until it is.

    Raises:
        AskedAlready: it was asked before; nobody is sent away twice.
        PointsMissing: nothing, or too much, is named.
        NoSuchCase, NotInState, CaseChanged, Forbidden: as they say.
    """
    row = locked(case, State.SUBMITTED, State.ACCEPTED, version=version)
    policy.require("matters.handle", by=by, office=row.office)
    crossing.require_here(row)
    if row.asked_at is not None:
        raise AskedAlready(case=case, on=day_of(row.asked_at).isoformat())
    named = [(each.what.strip(), each.how.strip()) for each in points]
    if not 1 <= len(named) <= MOST_POINTS or any(not what for what, _ in named):
        raise PointsMissing(most=MOST_POINTS)
    row.points = [{"what": what[:200], "how": how[:500]} for what, how in named]
    row.asked_at = at
    note = "；".join(f"{what}：{how}" if how else what for what, how in named)
    kept = clock.stop(clock_of(row), at=at)
    move(row, Action.ASK, State.CORRECTING, by=by, at=at, note=note, kept=kept, also=("points", "asked_at"))
    tell_step(row, "correct", at=at)
    return value_of(row, at=at)


@transaction.atomic
def correct(
    *,
    case: str,
    by: Actor,
    at: datetime,
    answers: Mapping[str, Any] | None = None,
    submission: str = "",
    note: str = "",
    version: int | None = None,
) -> Case:
    """Correct what was asked for (补正), as the applicant or for them at the window; the clock goes on.

    Raises:
        NotYourCase, NoSuchCase, NotInState, CaseChanged, AnswersWrong, FilesTooLarge: as they say.
    """
    row = locked(case, State.CORRECTING, version=version)
    require_own(row, by, counter="matters.receive")
    told = dict(forms.handed_over(submission).document) if submission else {}
    row.answers = {**row.answers, **telling.stored({**told, **(answers or {})})}
    row.submission = submission or row.submission
    if (declared := declared_of(row)) is not None:
        row.materials = stored(gathered_again(row, declared, at=at).materials)
    back = State.ACCEPTED if row.accepted_at else State.SUBMITTED
    kept = clock.go_on(clock_of(row), at=at)
    also = ("answers", "submission", "materials")
    move(row, Action.CORRECT, back, by=by, at=at, note=note, kept=kept, also=also)
    charging.note_otherwise(row, declared, at=at)
    if crossing.is_elsewhere(row):
        crossing.send_word(row, Action.CORRECT, at=at, note=note, submission=submission, answers=row.answers)
    return value_of(row, at=at)


@transaction.atomic
def decide(
    *,
    case: str,
    granted: bool,
    by: Actor,
    at: datetime,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Case:
    """Decide an accepted case (决定); granted, its credential is issued with it. `facts` add to what the credential says.

    Raises:
        ReviewUnderWay: its process or loop decides it.
        ReasonMissing: a refusal says why.
        FeeUnknown: what it costs can't be worked out; nothing is decided.
        FactsWrong: the credential lacks something that it must say.
        NoSuchCase, NotInState, CaseChanged, Forbidden: as they say.
    """
    row = locked(case, State.ACCEPTED, version=version)
    policy.require("matters.decide", by=by, office=row.office)
    if row.review:
        raise ReviewUnderWay(case=case, review=row.review)
    if not granted:
        note = _reason(note)
    settle(row, granted=granted, facts=facts or {}, note=note, by=by, at=at)
    return value_of(row, at=at)


def settle(
    row: models.Case,
    *,
    granted: bool,
    facts: Mapping[str, Any],
    note: str,
    by: Actor,
    at: datetime,
    credential: str = "",
    issues: bool = True,
) -> None:
    """Write a decision that was made; one that is made anew ends the credential of the first."""
    if row.credential:
        credentials.revoke(number=row.credential, reason="重新作出决定", by=system(PLATFORM), at=at)
        row.credential = ""
    declared = declared_of(row)
    if not granted:
        granting.refuse(row, note=note, by=by, at=at)
        return
    known = gathered_again(row, declared, at=at).facts if declared else {}
    granting.grant(
        row, declared, facts={**known, **facts}, note=note, by=by, at=at, credential=credential, issues=issues
    )  # fmt: skip


@transaction.atomic
def deliver(
    *, case: str, way: Delivery, by: Actor, at: datetime, note: str = "", version: int | None = None
) -> Case:
    """Deliver the result (送达) by post, at the window or online; then the case is over.

    Raises:
        FeeNotPaid: the fee is not in yet.
        NoSuchCase, NotInState, CaseChanged, Forbidden: as they say.
    """
    row = locked(case, State.GRANTED, version=version)
    policy.require("matters.handle", by=by, office=row.office)
    crossing.require_here(row)
    if row.delivered_at is not None:
        raise not_in_state(row)
    if charging.holds_delivery(row, declared_of(row), at=at):
        raise FeeNotPaid(case=case)
    delivered(row, way, by=by, at=at, note=note)
    return value_of(row, at=at)


def delivered(row: models.Case, way: Delivery, *, by: Actor, at: datetime, note: str = "") -> None:
    """Write down that the result has reached the applicant; the case is over."""
    row.delivered_at, row.delivery = at, way.value
    close(row, State.GRANTED, at=at)
    move(row, Action.DELIVER, by=by, at=at, note=note, also=("delivered_at", "delivery"), way=way.value)
    tell_step(row, "ready", at=at)


@transaction.atomic
def withdraw(*, case: str, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Case:
    """Withdraw a case (撤回) before it is decided; what runs for it ends.

    Raises:
        NotYourCase, NoSuchCase, NotInState, CaseChanged: as they say.
    """
    row = locked(case, State.SUBMITTED, State.CORRECTING, State.ACCEPTED, version=version)
    require_own(row, by, counter="matters.receive")
    if crossing.is_elsewhere(row):  # withdrawn when the other node says so: it may have decided meanwhile
        crossing.send_word(row, Action.WITHDRAW, at=at, note=note)
        return value_of(row, at=at)
    reviewing.end_review(row, at=at)
    close(row, State.WITHDRAWN, at=at)
    move(row, Action.WITHDRAW, State.WITHDRAWN, by=by, at=at, note=note, also=("review",))
    return value_of(row, at=at)


@transaction.atomic
def hand_over(*, case: str, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Case:
    """Have a person decide what a rule refused (转人工): the applicant's to ask for; the promised time begins anew.

    Raises:
        NotYourCase, NoSuchCase, NotInState, CaseChanged: as they say.
    """
    row = locked(case, State.REFUSED, version=version)
    require_own(row, by, counter="matters.receive")
    if not row.is_instant:
        raise not_in_state(row)
    row.is_instant = False
    reopen(row, Action.HAND_OVER, by=by, at=at, note=note)
    return value_of(row, at=at)


def reopen(row: models.Case, action: Action, *, by: Actor, at: datetime, note: str) -> None:
    """Take a decided case up again, to be decided anew by a clerk."""
    row.decided_at = row.closed_at = row.delivered_at = None
    row.is_late, row.review = False, ""
    row.accepted_at = row.accepted_at or at
    charging.owe_again(row)
    kept = begun(declared_of(row), at=at)
    also = ("is_instant", "review", "delivered_at", "accepted_at", "objection")
    move(row, action, State.ACCEPTED, by=by, at=at, note=note, kept=kept, also=also)
    charging.ask_on_acceptance(row, declared_of(row), at=at)


def accept_deemed(*, by: Actor, at: datetime, most: int = 1000) -> int:
    """Accept what nobody has answered within five working days (视为受理), as of the day it came in; returns how many.

    行政许可法 第三十二条: whoever is not told in time what to correct has been accepted.
    """
    rows = models.Case.objects.filter(state=State.SUBMITTED.value, closed_at=None, rank_at__lte=at)
    rows = rows.exclude(review__startswith=crossing.REVIEW)  # that node's law, and its clock
    numbers = [number_of(row) for row in rows.order_by("rank_at", "id")[:most]]
    return sum(_deem(number, by=by, at=at) for number in numbers)


@transaction.atomic
def _deem(case: str, *, by: Actor, at: datetime) -> bool:
    row = locked(case)
    if row.state != State.SUBMITTED or row.due_at is None or row.due_at > at:
        return False
    _take_up(row, Action.DEEM, by=by, at=at, since=row.opened_at)
    return True


def _take_up(row: models.Case, action: Action, *, by: Actor, at: datetime, since: datetime) -> None:
    """Accept, and begin the review that the matter names."""
    declared = declared_of(row)
    row.accepted_at = since
    set_clock(row, begun(declared, at=since))
    move(row, action, State.ACCEPTED, by=by, at=at, kept=clock_of(row), also=("accepted_at",))
    tell_step(row, "accepted", at=at)
    charging.ask_on_acceptance(row, declared, at=at)
    handling = declared.handling if declared else None
    if declared is not None and handling is not None and handling.process:
        reviewing.run_process(row, declared, at=at)
    elif declared is not None and handling is not None and handling.loop:
        reviewing.open_loop(row, declared, at=at)


def require_own(row: models.Case, by: Actor, *, counter: str = "") -> None:
    """Refuse unless the case is the actor's own; a clerk at the counter may where `counter` names the right.

    Raises:
        NotYourCase: it is somebody else's.
    """
    if (
        by.has(Role.SYSTEM)
        or standing.is_own(row.applicant, row.scheme, row.holder, by=by)
        or row.agent == by.name
    ):
        return
    if counter and policy.allows(counter, by=by):
        return
    raise NotYourCase(applicant=standing.masked(row.holder))


def _reason(said: str) -> str:
    text = said.strip()[:2000]
    if not text:
        raise ReasonMissing
    return text
