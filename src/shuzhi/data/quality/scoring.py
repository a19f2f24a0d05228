"""Scores (评分) by the six dimensions of GB/T 36344-2018.

A dimension's score is the share of everything its rules checked that passes, warnings included: a missing
value is missing whether or not somebody must mend it. A data set's score is the mean of the dimensions that have rules, so that a dimension with
many rules does not drown the others. A dimension without rules has no score rather than a perfect one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from shuzhi.data.catalog.types import Dimension
from shuzhi.data.quality.types import RuleResult


def scores_of(results: Iterable[RuleResult]) -> dict[Dimension, float]:
    """The score of every dimension that checked anything, in the order of the standard."""
    checked: dict[Dimension, int] = defaultdict(int)
    failed: dict[Dimension, int] = defaultdict(int)
    for result in results:
        if result.checked:
            checked[result.dimension] += result.checked
            failed[result.dimension] += result.failed
    return {name: 1 - failed[name] / checked[name] for name in Dimension if name in checked}


def overall(scores: Mapping[Dimension, float]) -> float | None:
    """The mean over the dimensions present."""
    return sum(scores.values()) / len(scores) if scores else None


def mean_scores(cards: Iterable[Mapping[Dimension, float]]) -> dict[Dimension, float]:
    """Each dimension's mean over the data sets that have it: how an office stands."""
    found: dict[Dimension, list[float]] = defaultdict(list)
    for card in cards:
        for dimension, score in card.items():
            found[dimension].append(score)
    return {name: sum(found[name]) / len(found[name]) for name in Dimension if name in found}
