"""Contests (开放数据应用大赛): announced, entered with use cases that the bureau looks at, awarded once when they are over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import models
from shuzhi.data.opendata.requests.errors import AwardRefused, ContestFixed, ContestNotOpen, NoSuchContest
from shuzhi.data.opendata.requests.types import Announcement, Case, Contest
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def announce_contest(*, announcement: Announcement, by: Actor, at: datetime) -> Contest:
    """Announce a contest (公告大赛). Who enters relies on it: it does not change any more.

    Raises:
        ContestFixed: one of this id was announced.
        NotCatalogued: a data set is not in the catalog.
        Forbidden: the actor is not the bureau.
    """
    policy.require("opendata.contest", by=by)
    if models.Contest.objects.filter(id=announcement.contest).exists():
        raise ContestFixed(contest=announcement.contest)
    for name in announcement.datasets:
        catalog.published_entry(name)
    said = announcement.model_dump(mode="json")
    row = models.Contest.objects.create(
        id=announcement.contest, title=said["title"], text=said["text"], datasets=list(announcement.datasets),
        prizes=said["prizes"], since=announcement.since, until=announcement.until, announced_by=by.name,
        announced_at=at,
    )  # fmt: skip
    audit.record("opendata.contest_announced", target=f"contest/{row.id}", by=by, at=at, until=row.until)
    return value_of(row)


@transaction.atomic
def award_contest(*, contest: str, prizes: Mapping[int, str], by: Actor, at: datetime) -> Contest:
    """Award the prizes (评奖), by the entries' numbers: once, when the contest is over and every entry was looked at.

    Raises:
        NoSuchContest: there is none of this id.
        AwardRefused: it is not over, was awarded, entries wait, or the prizes are not those that were announced.
        Forbidden: the actor is not the bureau.
    """
    policy.require("opendata.contest", by=by)
    row = models.Contest.objects.select_for_update().filter(id=contest[:60]).first()
    if row is None:
        raise NoSuchContest(contest=contest[:60])
    found = value_of(row)
    every = {each.dossier: each for each in models.UseCase.objects.filter(contest=row.id).select_for_update()}
    _require_fair(found, prizes, {number for number, each in every.items() if each.listed_at}, day_of(at))
    for number, prize in sorted(prizes.items()):
        models.UseCase.objects.filter(dossier=number).update(prize=prize)
    row.awarded_at = at
    row.save(update_fields=["awarded_at"])
    given = [f"{number}:{prize}" for number, prize in sorted(prizes.items())]
    audit.record("opendata.contest_awarded", target=f"contest/{row.id}", by=by, at=at, prizes=given)
    return value_of(row)


def _require_fair(contest: Contest, prizes: Mapping[int, str], listed: set[int], today: date) -> None:
    there = {each.id: each.count for each in contest.announced.prizes}
    too_many = [name for name, count in Counter(prizes.values()).items() if count > there.get(name, 0)]
    refusals = (
        (contest.awarded_at is not None, "it was awarded", "已经评奖"),
        (not contest.is_over(today), "it is not over", "报名尚未截止"),
        (_waiting(contest.id), "entries wait to be looked at", "还有作品待审核"),
        (not prizes, "no prize is given", "没有评出奖项"),
        (not set(prizes) <= listed, "not an entry that is listed", "只能评给已展示的参赛作品"),
        (bool(too_many), "more prizes than were announced", "奖项超出公告的数量"),
    )
    for is_so, reason, reason_zh in refusals:
        if is_so:
            raise AwardRefused(contest=contest.id, reason=reason, reason_zh=reason_zh)


def _waiting(contest: str) -> bool:
    return models.UseCase.objects.filter(contest=contest, listed_at=None, refused_at=None).exists()


def require_open(name: str, *, today: date) -> Contest:
    """A contest that can be entered today.

    Raises:
        NoSuchContest, ContestNotOpen: as they say.
    """
    found = contest(name)
    if not found.takes_entries(today):
        said = found.announced
        raise ContestNotOpen(contest=name, since=said.since, until=said.until)
    return found


def contests(*, taking_entries_on: date | None = None) -> list[Contest]:
    """Contests, those that end last first."""
    found = [value_of(row) for row in models.Contest.objects.order_by("-until", "id")]
    return [one for one in found if taking_entries_on is None or one.takes_entries(taking_entries_on)]


def contest(name: str) -> Contest:
    """One contest.

    Raises:
        NoSuchContest: there is none of this id.
    """
    row = models.Contest.objects.filter(id=name[:60]).first()
    if row is None:
        raise NoSuchContest(contest=name[:60])
    return value_of(row)


def titles() -> dict[str, Words]:
    """What contests are called."""
    return {name: Words(**said) for name, said in models.Contest.objects.values_list("id", "title")}


def entries(name: str) -> list[Case]:
    """The listed entries of a contest: prizes in their order, then the earliest first. Who made them is not said."""
    order = {each.id: place for place, each in enumerate(contest(name).announced.prizes)}
    rows = models.UseCase.objects.filter(contest=name).exclude(listed_at=None).order_by("sent_at", "id")
    return sorted((case_of(row) for row in rows), key=lambda one: order.get(one.prize, len(order)))


def count_waiting(name: str) -> int:
    """How many entries the bureau has still to look at."""
    return models.UseCase.objects.filter(contest=name, listed_at=None, refused_at=None).count()


def case_of(row: models.UseCase) -> Case:
    """A table row of a listed use case as pages see it."""
    assert row.listed_at is not None
    return Case(
        row.title,
        row.summary,
        row.url,
        tuple(row.datasets),
        row.contest,
        row.listed_at,
        row.dossier,
        row.prize,
    )


def value_of(row: models.Contest) -> Contest:
    """A table row as pages see it."""
    said = {
        "contest": row.id, "title": row.title, "text": row.text, "since": row.since, "until": row.until,
        "datasets": row.datasets, "prizes": row.prizes,
    }  # fmt: skip
    return Contest(Announcement.model_validate(said), row.announced_at, row.awarded_at)
