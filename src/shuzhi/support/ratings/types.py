"""Ratings as other rooms see them, and whom a subject served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shuzhi.foundation.words import Words

WORST, LOW, SATISFIED, BEST = 1, 2, 4, 5
CHANGEABLE = timedelta(days=5)
LONGEST = 500
LOOP = "low-rating"
SCORE_TITLES = {
    5: Words(zh="非常满意", en="Very satisfied"),
    4: Words(zh="满意", en="Satisfied"),
    3: Words(zh="基本满意", en="It will do"),
    2: Words(zh="不满意", en="Dissatisfied"),
    1: Words(zh="非常不满意", en="Very dissatisfied"),
}


@dataclass(frozen=True)
class Served:
    """Whom a subject served, by which office, and since when it is over.

    `desk` is the office that may write down what a person said to it; nobody may where it is None.
    """

    title: Words
    office: str
    matter: str | None
    people: frozenset[str]
    over_at: datetime | None
    desk: str | None = None


@dataclass(frozen=True)
class Rating:
    """What a person said. `dossier` is the loop in which they are called back, where they are dissatisfied."""

    id: int
    subject: str
    office: str
    matter: str | None
    score: int
    words: str
    rated_at: datetime
    changed_at: datetime
    dossier: int | None

    @property
    def is_low(self) -> bool:
        """Whether somebody has to call back."""
        return self.score <= LOW

    def changeable(self, at: datetime) -> bool:
        """Whether it may still be changed."""
        return at <= self.rated_at + CHANGEABLE


@dataclass(frozen=True)
class Change:
    """One state of a rating; the first is what was said first."""

    seq: int
    score: int
    words: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A rating as it stood on a day."""

    rating: int
    subject: str
    office: str
    score: int


@dataclass(frozen=True)
class OfficeRatings:
    """An office's ratings up to a day."""

    office: str
    rated: int
    satisfied: int
    low: int


@dataclass(frozen=True)
class Rated:
    """Somebody has said how they were served, or has changed it. Who is not told."""

    rating: int
    subject: str
    office: str
    matter: str | None
    score: int
    at: datetime
