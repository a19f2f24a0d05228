from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.ratings import models, queries, subjects
from shuzhi.support.ratings.errors import (
    NoLongerChangeable,
    NothingToRate,
    NotOverYet,
    ScoreWrong,
    WordsTooLong,
)
from shuzhi.support.ratings.types import (
    BEST,
    CHANGEABLE,
    LONGEST,
    LOOP,
    LOW,
    SCORE_TITLES,
    WORST,
    Rated,
    Rating,
    Served,
)
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.errors import NoSuchLoop


@dataclass(frozen=True)
class _Said:
    """What is kept of who says what about which subject."""

    subject: str
    person: str
    office: str
    matter: str | None
    score: int
    words: str


@transaction.atomic
def rate(
    *,
    subject: str,
    office: str | None = None,
    matter: str | None = None,
    score: int,
    words: str = "",
    by: Actor,
    at: datetime,
) -> Rating:
    """Say how one was served (评价): once for each subject and person; said again within five days, it is changed.

    A score of 1 or 2 opens the loop `low-rating` with the office: call back within a working day (差评整改). The office
    and the matter are the subject's own, where none are named.

    Raises:
        NothingToRate: there is no such subject, or it served somebody else: the two are not told apart.
        NotOverYet: nothing has come of it yet.
        NoLongerChangeable: the days in which it could be changed are over.
        ScoreWrong, WordsTooLong: as they say.
    """
    policy.require("ratings.give", by=by)
    found = subjects.served(subject)
    if not subjects.is_served(found, by):
        raise NothingToRate(subject=subject[:60])
    said = _Said(subject, by.name, office or found.office, matter or found.matter, score, words)
    return _keep(said, found, by=by, at=at)


@transaction.atomic
def record(
    *,
    subject: str,
    office: str | None = None,
    matter: str | None = None,
    score: int,
    words: str = "",
    by: Actor,
    at: datetime,
) -> Rating:
    """Write down what a person said who has no account here, such as a caller asked by telephone (代录).

    Whoever is behind the subject is one person: what the desk writes down and what they say themselves is one rating.

    Raises:
        Forbidden: the subject is no case of the actor's desk.
        NothingToRate, NotOverYet, NoLongerChangeable, ScoreWrong, WordsTooLong: as for `rate`.
    """
    found = subjects.served(subject)
    policy.require("ratings.record", by=by, office=found.desk)
    if found.desk is None or found.people:
        raise NothingToRate(subject=subject[:60])
    said = _Said(subject, subject, office or found.office, matter or found.matter, score, words)
    return _keep(said, found, by=by, at=at)


def _keep(said: _Said, found: Served, *, by: Actor, at: datetime) -> Rating:
    words = _checked(said.score, said.words)
    if found.over_at is None or found.over_at > at:
        raise NotOverYet(subject=said.subject)
    row, is_new = models.Rating.objects.select_for_update().get_or_create(
        subject=said.subject,
        person=said.person,
        defaults={**asdict(said), "words": words, "rated_at": at, "changed_at": at},
    )
    if not is_new and (row.score, row.words) == (said.score, words):
        return queries.value_of(row)
    if not is_new and at > row.rated_at + CHANGEABLE:
        raise NoLongerChangeable(rated_on=day_of(row.rated_at), days=CHANGEABLE.days)
    row.score, row.words, row.changed_at = said.score, words, at
    if row.score <= LOW and row.dossier is None:
        row.dossier = _call_back(row, found, at)
    row.save()
    _note(row, by=by, at=at)
    return queries.value_of(row)


def _checked(score: int, words: str) -> str:
    if isinstance(score, bool) or not isinstance(score, int) or not WORST <= score <= BEST:
        raise ScoreWrong
    words = storable(words).strip()
    if len(words) > LONGEST:
        raise WordsTooLong(most=LONGEST)
    return words


def _call_back(row: models.Rating, found: Served, at: datetime) -> int | None:
    """The dossier in which the office calls back; none on a node without the pack that declares the loop."""
    try:
        workflow.loop(LOOP)
    except NoSuchLoop:
        return None
    said = SCORE_TITLES[row.score]
    title = Words(
        zh=f"差评整改（{said.zh}）：{found.title.zh}"[:300], en=f"{said.en}: {found.title.en}"[:300]
    )
    opened = loops.open_dossier(
        loop=LOOP,
        subject=f"rating/{row.id}",
        title=title,
        office=row.office,
        requester=None,
        by=system("ratings"),
        at=at,
        facts={"rated": row.subject, "score": row.score, "words": row.words},
    )
    return opened.id


def _note(row: models.Rating, *, by: Actor, at: datetime) -> None:
    seq = models.Change.objects.filter(rating=row).count() + 1
    models.Change.objects.create(rating=row, seq=seq, score=row.score, words=row.words, by=by.name, at=at)
    audit.record("ratings.rated", target=row.subject, by=by, at=at, score=row.score, seq=seq)
    publish(Rated(row.id, row.subject, row.office, row.matter, row.score, at), at=at)
