"""What scenarios look at in quality: a data set's issues and its scorecard. Collecting alone has a batch checked."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.data.quality import queries
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfDataSet(BaseModel):
    """A data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str
    open_only: bool = False


class Nothing(BaseModel):
    """Nothing is to be said."""

    model_config = ConfigDict(extra="forbid")


def look_at_issues(said: OfDataSet, stage: Stage) -> list[Any]:
    """The issues of a data set, the newest first."""
    del stage
    return list(queries.issues(dataset=said.dataset, open_only=said.open_only))


def look_at_scorecard(said: OfDataSet, stage: Stage) -> Any:
    """A data set's scores by its latest check."""
    del stage
    return queries.scorecard(said.dataset)


def look_at_scores(said: Nothing, stage: Stage) -> dict[str, Any]:
    """The scores of every office and of every dimension, as the assessment publishes them."""
    del said, stage
    return {
        "offices": queries.office_scores(),
        "dimensions": queries.dimension_scores(),
        "datasets": queries.scorecards(),
    }


NAMES = {"dataset": "datasets"}
VERBS = (
    Verb(
        "issues",
        Words(zh="查看质量问题", en="look at quality issues"),
        OfDataSet,
        look_at_issues,
        looks=True,
        names=NAMES,
    ),
    Verb(
        "scorecard",
        Words(zh="查看质量评分", en="look at a scorecard"),
        OfDataSet,
        look_at_scorecard,
        looks=True,
        names=NAMES,
    ),
    Verb("scores", Words(zh="查看质量评价", en="look at all scores"), Nothing, look_at_scores, looks=True),
)
