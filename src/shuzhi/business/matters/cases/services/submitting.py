"""Submitting (提交): online, at the window or by a program; the same submission again is the same case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import answers as telling
from shuzhi.business.matters.cases import clock, standing
from shuzhi.business.matters.cases.errors import ChannelClosed, KeyTaken, MatterCannotBegin
from shuzhi.business.matters.cases.gathering import Gathered, gather, needed
from shuzhi.business.matters.cases.reading import number_of, set_clock
from shuzhi.business.matters.cases.services import committing, crossing, reviewing
from shuzhi.business.matters.cases.services.instant import InstantFailed, decide_instantly, to_a_person
from shuzhi.business.matters.cases.services.moving import value_of, write_down
from shuzhi.business.matters.cases.standing import Whose
from shuzhi.business.matters.cases.types import Action, Case, CaseMaterial, CaseSubmitted, Delivery, State
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.library import situations
from shuzhi.business.matters.types import CHANNEL_TITLES, Channel, MatterDeclaration, MatterValue
from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms

ACCEPT_WITHIN = 5  # working days: 行政许可法 第三十二条


@dataclass(frozen=True)
class Said:
    """What was handed in: answers, situations, the form's submission, the key by which it is known again."""

    answers: dict[str, Any]
    choices: dict[str, str]
    submission: str
    key: str | None
    applicant: str | None


@dataclass(frozen=True)
class _Asking:
    """One submission; with `to_a_person` no rule is asked, and that is why."""

    found: MatterValue
    channel: Channel
    said: Said
    delivery: Delivery
    commits: bool
    by: Actor
    at: datetime
    to_a_person: str = ""


def submit(
    *,
    matter: str,
    by: Actor,
    at: datetime,
    answers: Mapping[str, Any] | None = None,
    choices: Mapping[str, str] | None = None,
    submission: str = "",
    applicant: str | None = None,
    channel: Channel | str = Channel.ONLINE,
    key: str | None = None,
    delivery: Delivery | str = Delivery.ONLINE,
    commits: bool = False,
) -> Case:
    """Submit a case (提交). What a rule can decide is decided in the same transaction (秒办), with its credential.

    `applicant` is an account, or `resident_id/…` or `uscc/…`; by default whoever submits. `submission` is that of the
    matter's form. The same submission, or the same `key` of the same applicant, gives the case that was begun by it.
    `commits` signs the matter's commitment (告知承诺).

    Raises:
        NoSuchMatter, MatterCannotBegin, ChannelClosed: the matter is not to be had so.
        NoProofOfApplicant, NotYourCase: whoever applies is not known, or somebody else.
        KeyTaken: the key belongs to another case.
        ChoiceUnknown, AnswersWrong, CommitmentNotAllowed: as they say.
    """
    policy.require("matters.apply", by=by)
    found, way = library.matter(matter), Channel(channel)
    _require_open(found.declaration, way)
    said = _said(answers, choices, submission, applicant, key)
    asking = _Asking(found, way, said, Delivery(delivery), commits, by, at)
    try:
        return _submitted(asking)
    except IntegrityError:  # the same submission came in by another process meanwhile
        return _submitted(asking)
    except InstantFailed as failed:  # nothing of the rule's attempt remains; a person decides
        return _submitted(replace(asking, to_a_person=failed.why))


@transaction.atomic
def _submitted(asking: _Asking) -> Case:
    declared, said, at = asking.found.declaration, asking.said, asking.at
    whose = standing.whose(declared, applicant=said.applicant, channel=asking.channel, by=asking.by, at=at)
    if (earlier := _earlier(said, declared.matter, whose)) is not None:
        return value_of(earlier, declared, at=at)
    kept = situations.checked(declared, said.choices)
    gathered = gather(
        declared, needed(declared, kept, at=at), scheme=whose.scheme, holder=whose.holder,
        answers=said.answers, choices=kept, committed=asking.commits, at=at,
    )  # fmt: skip
    row = _row(asking, whose)
    row.choices, row.materials = kept, stored(gathered.materials)
    row.id = prepared.next_key(models.Case)
    with prepared.together():  # what a rule decides is written once, as it was decided
        prepared.enter(row)
        write_down(
            row, Action.SUBMIT, by=asking.by, at=at, channel=asking.channel.value, read=_read(gathered)
        )
        publish(CaseSubmitted(number_of(row), row.matter, row.office, at), at=at)
        if _is_decided_by_rule(asking):
            decide_instantly(row, declared, gathered, at=at)
    if not _is_decided_by_rule(asking):
        _begin(row, asking, gathered)
    return value_of(row, declared, at=at)


def _is_decided_by_rule(asking: _Asking) -> bool:
    handling = asking.found.declaration.handling
    by_rule = handling is not None and handling.instant is not None
    return by_rule and not asking.commits and not asking.to_a_person


def stored(materials: Iterable[CaseMaterial]) -> list[dict[str, str]]:
    """Materials as a case keeps them."""
    return [
        {"id": one.id, "zh": one.title.zh, "en": one.title.en, "had": one.had.value, "ref": one.reference}
        for one in materials
    ]


def _begin(row: models.Case, asking: _Asking, gathered: Gathered) -> None:
    """What else happens at once: it goes to another node, a commitment is granted, a process begins; else a clerk."""
    declared, at = asking.found.declaration, asking.at
    handling = declared.handling
    assert handling is not None  # asked when the matter was found open
    if asking.to_a_person:
        to_a_person(row, asking.to_a_person, at=at)
    elif handling.node is not None:
        crossing.begin_crossing(row, declared, gathered, at=at)
    elif asking.commits:
        committing.grant_on_commitment(row, declared, gathered, by=asking.by, at=at)
    elif handling.process and not gathered.missing:
        reviewing.begin_process(row, declared, at=at)


def _require_open(declared: MatterDeclaration, channel: Channel) -> None:
    if not declared.can_begin:
        raise MatterCannotBegin(
            matter=declared.matter, why="it is for information only", why_zh="仅供查询，请到主管部门办理"
        )
    if channel not in declared.channels:
        title = CHANNEL_TITLES[channel]
        raise ChannelClosed(matter=declared.matter, channel=title.en, channel_zh=title.zh)


def _said(
    answers: Mapping[str, Any] | None,
    choices: Mapping[str, str] | None,
    submission: str,
    applicant: str | None,
    key: str | None,
) -> Said:
    """Answers of the form, where it was submitted, with those that came beside it."""
    told, whose = dict(answers or {}), applicant
    if submission:
        handed = forms.handed_over(submission)
        told = {**handed.document, **told}
        whose = applicant or handed.account
    name = f"submission/{submission}" if submission else key
    return Said(
        telling.stored(told), dict(choices or {}), submission, name[:80] if name else None, whose
    )  # fmt: skip


def _earlier(said: Said, matter: str, whose: Whose) -> models.Case | None:
    """The case that the same submission has begun."""
    if said.key is None:
        return None
    row = prepared.first(models.Case, "WHERE key = %s", [said.key])
    if row is not None and (row.matter, row.scheme, row.holder) != (matter, whose.scheme, whose.holder):
        raise KeyTaken(key=said.key)
    return row


def _row(asking: _Asking, whose: Whose) -> models.Case:
    found, said, at = asking.found, asking.said, asking.at
    row = models.Case(
        key=said.key, matter=found.id, digest=found.digest, office=found.declaration.office,
        applicant=whose.applicant, scheme=whose.scheme, holder=whose.holder, agent=whose.agent,
        channel=asking.channel.value, submission=said.submission, state=State.SUBMITTED.value,
        opened_at=at, answers=said.answers, delivery=asking.delivery.value,
    )  # fmt: skip
    set_clock(row, clock.begin(days=ACCEPT_WITHIN, at=at))
    return row


def _read(gathered: Gathered) -> list[str]:
    """What was read of whom, for the audit log: `register/batch` and credentials' numbers."""
    return [each.reference for each in gathered.materials if each.reference]
