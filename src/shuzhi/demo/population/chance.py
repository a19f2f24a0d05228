"""Chance that can be repeated: every entity draws from its own stream, named by the seed and a path."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")


def stream(seed: int, *path: object) -> Random:
    """The stream of chance of one thing; the same for the same seed and path on every machine."""
    return Random("/".join(map(str, (seed, *path))))  # noqa: S311 - invented data must be repeatable, not secret


class Weighted(Generic[Item]):
    """Things with weights, drawn in proportion."""

    def __init__(self, weights: Mapping[Item, float]) -> None:
        self.items = tuple(weights)
        self.sums = tuple(accumulate(weights.values()))

    def draw(self, chance: Random) -> Item:
        """One of the things."""
        return self.items[bisect(self.sums, chance.random() * self.sums[-1])]


def happens(chance: Random, probability: float) -> bool:
    """Whether something with this probability happens."""
    return chance.random() < probability


def pick(chance: Random, items: str | tuple[str, ...]) -> str:
    """One of the items; quicker than `Random.choice`, which matters for a million persons."""
    return items[int(chance.random() * len(items))]


def day_between(chance: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=int(chance.random() * ((last - first).days + 1)))
