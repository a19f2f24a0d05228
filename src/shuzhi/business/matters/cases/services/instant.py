"""Instant decision (秒办): registers, rule, decision, credential in one transaction; what a rule can't say goes to a person."""

from __future__ import annotations

from datetime import datetime

import structlog

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.gathering import Gathered
from shuzhi.business.matters.cases.judging import Verdict, judge
from shuzhi.business.matters.cases.reading import set_clock
from shuzhi.business.matters.cases.services import charging
from shuzhi.business.matters.cases.services.granting import grant, refuse
from shuzhi.business.matters.cases.services.moving import PLATFORM, move, write_down
from shuzhi.business.matters.cases.types import Action, Had, State
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.foundation.database import prepared
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import system

STATUTORY = 20  # working days: 行政许可法 第四十二条, where a matter says nothing
_ACCEPTED = ("accepted_at", "state", "version", "unit", "left", "counted_at", "due_at", "due_reason", "rank_at")  # fmt: skip
log = structlog.get_logger(__name__)


class InstantFailed(Exception):
    """The rule, or the credential that it should lead to, does not fit: the transaction of the attempt must go."""

    def __init__(self, why: str) -> None:
        """Keep why."""
        super().__init__(why)
        self.why = why


def decide_instantly(
    row: models.Case, declared: MatterDeclaration, gathered: Gathered, *, at: datetime
) -> None:
    """Decide by the matter's rule.

    Raises:
        InstantFailed: rule or credential don't fit each other, which the applicant can't help.
    """
    try:
        _by_rule(row, declared, gathered, at=at)
    except PlatformError as refusal:
        log.warning("matters.instant_failed", matter=row.matter, reason=refusal.code)
        raise InstantFailed(refusal.message_zh) from refusal


def to_a_person(row: models.Case, why: str, *, at: datetime) -> None:
    """Leave a case to the clerks, with the reason."""
    note = f"未能自动决定，转人工办理：{why}"
    move(row, Action.HAND_OVER, by=system(PLATFORM), at=at, note=note, also=("verdict",))


def _by_rule(row: models.Case, declared: MatterDeclaration, gathered: Gathered, *, at: datetime) -> None:
    assert declared.handling is not None
    assert declared.handling.instant is not None
    found = judge(declared.handling.instant, gathered.facts, at=at)
    row.verdict = dict(found.document)
    why = _why_not(found, gathered)
    if why:
        to_a_person(row, why, at=at)
        return
    row.is_instant = True
    accept_at_once(row, declared, at=at)
    by = system(PLATFORM)
    if found.granted:
        grant(row, declared, facts={**gathered.facts, **found.found}, by=by, at=at, note=found.because)
    else:
        refuse(row, note=found.because, by=by, at=at)


def decide_again(row: models.Case, declared: MatterDeclaration, gathered: Gathered, *, at: datetime) -> None:
    """Decide an accepted case by the matter's rule, as of now: its fee has come in."""
    assert declared.handling is not None
    assert declared.handling.instant is not None
    found, by = judge(declared.handling.instant, gathered.facts, at=at), system(PLATFORM)
    row.verdict = dict(found.document)
    if why := _why_not(found, gathered):
        to_a_person(row, why, at=at)
    elif found.granted:
        grant(row, declared, facts={**gathered.facts, **found.found}, by=by, at=at, note=found.because)
    else:
        refuse(row, note=found.because, by=by, at=at)


def _why_not(found: Verdict, gathered: Gathered) -> str:
    """Why a rule's answer does not decide: it has none, or it would grant what somebody must look at first."""
    if found.granted is False:
        return ""
    lacking = [each.title.zh for each in gathered.missing]
    if lacking:
        return "缺少" + "、".join(lacking)
    if found.granted is None:
        return found.because
    uploads = [each.title.zh for each in gathered.materials if each.had is Had.UPLOADED]
    return "、".join(uploads) + "须人工核对" if uploads else ""


def accept_at_once(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> None:
    """The platform accepts (系统受理): the office's clock starts."""
    row.accepted_at, row.state = at, State.ACCEPTED.value
    set_clock(row, begun(declared, at=at))
    row.version += 1
    with prepared.together():
        prepared.change(row, *_ACCEPTED)
        write_down(row, Action.ACCEPT, by=system(PLATFORM), at=at)
    charging.ask_on_acceptance(row, declared, at=at)


def begun(declared: MatterDeclaration | None, *, at: datetime) -> clock.Clock:
    """The clock of an accepted case: what is promised, else what the law allows."""
    if declared is None:
        return clock.begin(days=STATUTORY, at=at)
    time = declared.time
    if time.promised_minutes is not None:
        return clock.begin(minutes=time.promised_minutes, at=at)
    days = time.promised_days if time.promised_days is not None else time.statutory_days
    return clock.begin(days=STATUTORY if days is None else days, at=at)
