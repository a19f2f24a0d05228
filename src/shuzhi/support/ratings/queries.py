from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from shuzhi.foundation.clock import CHINA
from shuzhi.pillars.security.types import Actor
from shuzhi.support.ratings import models, subjects
from shuzhi.support.ratings.errors import NothingToRate
from shuzhi.support.ratings.types import LOW, SATISFIED, Change, OfficeRatings, Rating, Standing

PAGE = 50


def ratings(
    *,
    ids: Iterable[int] | None = None,
    office: str | None = None,
    matter: str | None = None,
    subject: str | None = None,
    low_only: bool = False,
    page: int = 1,
    size: int = PAGE,
) -> list[Rating]:
    """Ratings that fit every condition given, the newest first, a page at a time. Whose they are is not told."""
    rows = _asked({"office": office, "matter": matter, "subject": subject}, low_only=low_only).order_by("-id")
    rows = rows if ids is None else rows.filter(id__in=list(ids))
    return [value_of(row) for row in rows[(page - 1) * size : page * size]]


def count_ratings(
    *,
    office: str | None = None,
    matter: str | None = None,
    subject: str | None = None,
    low_only: bool = False,
) -> int:
    """How many there are."""
    return int(_asked({"office": office, "matter": matter, "subject": subject}, low_only=low_only).count())


def own_rating(subject: str, *, actor: Actor) -> Rating | None:
    """What somebody said of a subject."""
    row = models.Rating.objects.filter(subject=subject, person=actor.name).first()
    return None if row is None else value_of(row)


def recorded_rating(subject: str) -> Rating | None:
    """What the person behind a subject said to its desk, or by the subject's number and code."""
    row = models.Rating.objects.filter(subject=subject, person=subject).first()
    return None if row is None else value_of(row)


def scores_of(subject_ids: Iterable[str]) -> dict[str, int]:
    """The scores of subjects, of those that are rated."""
    rows = models.Rating.objects.filter(subject__in=list(subject_ids)).order_by("id")
    return dict(rows.values_list("subject", "score"))


def may_rate(subject: str, *, actor: Actor, at: datetime) -> bool:
    """Whether somebody may rate a subject now, or change what they said."""
    try:
        found = subjects.served(subject)
    except NothingToRate:
        return False
    if found.over_at is None or found.over_at > at or not subjects.is_served(found, actor):
        return False
    said = own_rating(subject, actor=actor)
    return said is None or said.changeable(at)


def history(rating: int) -> list[Change]:
    """What was said from the first time on."""
    rows = models.Change.objects.filter(rating_id=rating).order_by("seq")
    return [Change(row.seq, row.score, row.words, row.at) for row in rows]


def satisfaction(
    day: date, *, office: str | None = None, matter: str | None = None
) -> tuple[frozenset[int], frozenset[int]]:
    """Ratings of 4 and 5, and all ratings (满意率), as they stood at the end of a day: what was changed later counts then."""
    found = standing(day, office=office, matter=matter)
    return frozenset(one.rating for one in found if one.score >= SATISFIED), frozenset(
        one.rating for one in found
    )


def standing(day: date, *, office: str | None = None, matter: str | None = None) -> list[Standing]:
    """Every rating as it stood at the end of a day, the first given first."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    given = {"rating__office": office, "rating__matter": matter}
    rows = models.Change.objects.filter(at__lt=end, **{key: said for key, said in given.items() if said})
    last = rows.order_by("rating_id", "-seq").distinct("rating_id")
    told = last.values_list("rating_id", "rating__subject", "rating__office", "score")
    return [Standing(*one) for one in told]


def by_office(day: date) -> list[OfficeRatings]:
    """The same for each office, the least satisfied first."""
    rated, satisfied, low = Counter[str](), Counter[str](), Counter[str]()
    for one in standing(day):
        rated[one.office] += 1
        satisfied[one.office] += one.score >= SATISFIED
        low[one.office] += one.score <= LOW
    found = [OfficeRatings(office, rated[office], satisfied[office], low[office]) for office in rated]
    return sorted(found, key=lambda one: (one.satisfied / one.rated, one.office))


def value_of(row: models.Rating) -> Rating:
    """A row as other rooms see it."""
    return Rating(
        row.id, row.subject, row.office, row.matter, row.score, row.words,
        row.rated_at, row.changed_at, row.dossier,
    )  # fmt: skip


def _asked(given: dict[str, str | None], *, low_only: bool) -> QuerySet[models.Rating]:
    rows = models.Rating.objects.filter(**{key: said for key, said in given.items() if said})
    return rows.filter(score__lte=LOW) if low_only else rows
