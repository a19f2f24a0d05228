"""What scenarios do with ratings: rate, write down what was said, look at ratings."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.ratings import queries, services
from shuzhi.support.ratings.types import Rating


class Rate(BaseModel):
    """How one was served: 1 is very dissatisfied, 5 very satisfied."""

    model_config = ConfigDict(extra="forbid")

    subject: str
    score: int
    words: str = ""


class Looking(BaseModel):
    """Ratings of an office or a subject."""

    model_config = ConfigDict(extra="forbid")

    office: str | None = None
    subject: str | None = None


def rate(said: Rate, stage: Stage) -> dict[str, Any]:
    """Rate a subject as the step's actor."""
    return _told(services.rate(**said.model_dump(), by=stage.by, at=stage.at))


def record(said: Rate, stage: Stage) -> dict[str, Any]:
    """Write down at the desk what a person said."""
    return _told(services.record(**said.model_dump(), by=stage.by, at=stage.at))


def look(said: Looking, stage: Stage) -> list[dict[str, Any]]:
    """The ratings, the newest first."""
    del stage
    return [_told(one) for one in queries.ratings(office=said.office, subject=said.subject)]


def _told(found: Rating) -> dict[str, Any]:
    return {
        "rating": found.id,
        "subject": found.subject,
        "office": found.office,
        "matter": found.matter,
        "score": found.score,
        "words": found.words,
        "low": found.is_low,
        "dossier": found.dossier,
        "changes": len(queries.history(found.id)),
    }


VERBS = (
    Verb("rate", Words(zh="评价", en="rate"), Rate, rate),
    Verb("record rating", Words(zh="代录评价", en="write down a rating"), Rate, record),
    Verb(
        "ratings",
        Words(zh="查看评价", en="look at ratings"),
        Looking,
        look,
        looks=True,
        names={"office": "offices"},
    ),
)
