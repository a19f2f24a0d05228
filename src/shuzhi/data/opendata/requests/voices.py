"""Feedback, use cases and following (意见、案例、关注): what people say of open data, and who wants to hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import models
from shuzhi.data.opendata.changes import Change, changes
from shuzhi.data.opendata.requests import contests
from shuzhi.data.opendata.requests.demands import DESK, SHORTEST
from shuzhi.data.opendata.requests.errors import PurposeTooShort, TooManyWaiting
from shuzhi.data.opendata.requests.types import Case
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services

FEEDBACK, USE_CASE = "data-feedback", "use-case"
MOST_OPEN, MOST_FOLLOWED, MOST_ANSWERS = 5, 200, 10


@transaction.atomic
def give_feedback(*, dataset: str, text: str, by: Actor, at: datetime) -> int:
    """Tell a data set's owner what is wrong or missing; returns the dossier.

    Raises:
        Forbidden: nobody is signed in.
        PurposeTooShort: it says next to nothing.
        TooManyWaiting: they have said much of this data set that is not answered yet.
    """
    policy.require("opendata.ask", by=by)
    if len(text.strip()) < SHORTEST:
        raise PurposeTooShort(least=SHORTEST)
    entry = catalog.published_entry(dataset)
    waiting = workflow.dossiers(loop=FEEDBACK, subject=f"dataset/{dataset}", open_only=True)
    if sum(each.requester == by.name for each in waiting) >= MOST_OPEN:
        raise TooManyWaiting(most=MOST_OPEN)
    title = Words(zh=f"{entry.title.zh}：意见", en=f"{entry.title.said('en')}: feedback")
    dossier = workflow_services.open_dossier(
        loop=FEEDBACK,
        subject=f"dataset/{dataset}",
        title=title,
        office=entry.owner,
        requester=by.name,
        by=DESK,
        at=at,
        facts={"message": text.strip()[:2000]},
    )
    audit.record("opendata.feedback_given", target=f"dataset/{dataset}", by=by, at=at, dossier=dossier.id)
    return dossier.id


def answers(dataset: str) -> list[dict[str, Any]]:
    """What was said of a data set and answered by its owner, the latest first; nothing of who said it."""
    if not workflow.has_dossiers(loop=FEEDBACK, subject=f"dataset/{dataset}"):
        return []
    every = workflow.dossiers(loop=FEEDBACK, subject=f"dataset/{dataset}")
    told = []
    for each in sorted((one for one in every if not one.is_open), key=lambda one: -one.id)[:MOST_ANSWERS]:
        last = workflow.history(each.id)[-1]
        said = {"asked": each.facts.get("message", ""), "answer": last.note, "at": last.at}
        told.append(said | {"mended": each.state == "mended"})
    return told


@transaction.atomic
def send_use_case(
    *, title: str, summary: str, url: str, datasets: list[str], contest: str, by: Actor, at: datetime
) -> int:
    """Show what one made of open data; the bureau looks at it before it is listed. Returns the dossier.

    Raises:
        Forbidden: nobody is signed in.
        PurposeTooShort, TooManyWaiting: as they say.
        NoSuchContest, ContestNotOpen: the contest that it is for can't be entered.
    """
    policy.require("opendata.ask", by=by)
    contest = contest.strip()[:60]
    if len(summary.strip()) < SHORTEST or not title.strip():
        raise PurposeTooShort(least=SHORTEST)
    if models.UseCase.objects.filter(account=by.name, listed_at=None, refused_at=None).count() >= MOST_OPEN:
        raise TooManyWaiting(most=MOST_OPEN)
    if contest:
        contests.require_open(contest, today=day_of(at))
    known = catalog.titles(datasets)
    dossier = workflow_services.open_dossier(
        loop=USE_CASE,
        subject=f"dataset/{next(iter(known), '')}",
        title=Words(zh=title[:200], en=title[:200]),
        office="data-bureau",
        requester=by.name,
        by=DESK,
        at=at,
        facts={"message": summary[:2000], "url": url[:300], "contest": contest},
    )
    models.UseCase.objects.create(
        dossier=dossier.id,
        account=by.name,
        title=title.strip()[:200],
        summary=summary.strip()[:2000],
        url=url[:300],
        datasets=sorted(known),
        contest=contest,
        sent_at=at,
    )
    audit.record("opendata.use_case_sent", target=f"dossier/{dossier.id}", by=by, at=at)
    return dossier.id


def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """The bureau has looked at a use case."""
    if payload["loop"] != USE_CASE:
        return
    waiting = models.UseCase.objects.filter(dossier=payload["dossier"], listed_at=None, refused_at=None)
    if payload["state"] == "listed":
        waiting.update(listed_at=at)
    elif payload["state"] == "refused":
        waiting.update(refused_at=at)


_LISTED = "WHERE listed_at IS NOT NULL ORDER BY listed_at DESC, id DESC LIMIT %s"
_LISTED_OF = (
    "WHERE listed_at IS NOT NULL AND datasets @> %s::varchar[] ORDER BY listed_at DESC, id DESC LIMIT %s"
)


def use_cases(dataset: str = "", *, most: int = 100) -> list[Case]:
    """The listed ones, of a data set if one is named, the latest first."""
    text, values = (_LISTED_OF, [[dataset], most]) if dataset else (_LISTED, [most])
    return [contests.case_of(row) for row in prepared.some(models.UseCase, text, values)]


def follow(*, dataset: str, by: Actor, at: datetime) -> None:
    """Be told when a data set changes.

    Raises:
        Forbidden: nobody is signed in.
        TooManyWaiting: they follow very many.
    """
    policy.require("opendata.ask", by=by)
    catalog.published_entry(dataset)
    if models.Following.objects.filter(account=by.name).count() >= MOST_FOLLOWED:
        raise TooManyWaiting(most=MOST_FOLLOWED)
    try:
        with transaction.atomic():
            models.Following.objects.create(account=by.name, dataset=dataset, since=at, seen_at=at)
    except IntegrityError:
        return


def unfollow(*, dataset: str, by: Actor) -> None:
    """Be told no more."""
    models.Following.objects.filter(account=by.name, dataset=dataset).delete()


def unfollow_all(*, by: Actor) -> int:
    """Be told of nothing more; how many data sets somebody followed."""
    gone, _ = models.Following.objects.filter(account=by.name).delete()
    return gone


def followed(by: Actor) -> dict[str, datetime]:
    """What somebody follows, and since when they have not looked."""
    rows = models.Following.objects.filter(account=by.name).order_by("dataset")
    return dict(rows.values_list("dataset", "seen_at"))


def news(by: Actor) -> list[Change]:
    """What changed in what somebody follows since they said they had seen it."""
    seen = followed(by)
    return [change for change in changes(datasets=seen) if change.at > seen[change.dataset]] if seen else []


def mark_seen(*, by: Actor, at: datetime) -> None:
    """What changed until now has been seen."""
    models.Following.objects.filter(account=by.name).update(seen_at=at)
