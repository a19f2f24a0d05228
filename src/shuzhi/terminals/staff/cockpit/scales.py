"""Where a map's colours change: fifths of the areas, at numbers that a person can read."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log10

STEPS = 5
DIGITS = 2
SMALLEST = 0.001


def quantiles(values: Iterable[float | int | None]) -> list[float]:
    """Rising lower bounds that put about as many areas into each step, each rounded down to two digits."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return [0]
    cuts = [_rounded(known[len(known) * step // STEPS]) for step in range(1, STEPS)]
    return sorted({0, *cuts})


def _rounded(value: float) -> float:
    if value < SMALLEST:
        return 0
    size = 10.0 ** (floor(log10(value)) - DIGITS + 1)
    cut = min(round(floor(value / size) * size, 6), value)
    return int(cut) if cut == int(cut) else cut
