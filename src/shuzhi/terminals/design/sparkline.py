"""A trend as a line small enough to stand beside its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, PAD = 88, 28, 4


@dataclass(frozen=True, slots=True)
class Spark:
    """The line's path and its last point, in a drawing of 88 by 28."""

    path: str
    x: float
    y: float


def draw(values: Sequence[float]) -> Spark | None:
    """Scale the values into the box, lowest at the bottom; a level line stays in the middle."""
    if len(values) < 2:  # noqa: PLR2004  (a line needs two points)
        return None
    low, high = min(values), max(values)
    step = (WIDTH - 2 * PAD) / (len(values) - 1)
    points = [(round(PAD + i * step, 1), _height(value, low, high)) for i, value in enumerate(values)]
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    return Spark(path, *points[-1])


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return HEIGHT / 2
    return round(HEIGHT - PAD - (value - low) / (high - low) * (HEIGHT - 2 * PAD), 1)
