"""Charts and maps; each carries its table, which is also what its script reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from shuzhi.terminals.design.types.said import Words

SHADES = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars, a value a label; None is a gap, not nought."""

    name: Words
    values: Sequence[float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart with its table twin."""

    template: ClassVar[str] = "design/chart.html"
    id: str
    title: Words
    labels: Sequence[Words]
    series: Sequence[Series]
    unit: Words = ""
    axis: Words = ""
    kind: Literal["line", "bar", "stacked"] = "line"
    note: Words = ""

    @property
    def rows(self) -> list[tuple[Words, list[float | int | None]]]:
        """The table twin's rows."""
        return [(label, [each.values[i] for each in self.series]) for i, label in enumerate(self.labels)]


@dataclass(frozen=True, slots=True)
class Shade:
    """One step of the legend: from (included) to (not included)."""

    low: float
    high: float | None
    step: int


def shades(bounds: Sequence[float]) -> list[Shade]:
    """Legend steps between rising bounds, spread over the seven shades; the last is open above."""
    count = len(bounds)
    steps = [round(i * (SHADES - 1) / max(count - 1, 1)) for i in range(count)]
    ends = [*bounds[1:], None]
    return [Shade(low, high, step) for low, high, step in zip(bounds, ends, steps, strict=True)]


def shade_of(value: float | None, legend: Sequence[Shade]) -> str:
    """The step a value falls into, as the end of a class name; `none` where there is no value."""
    if value is None:
        return "none"
    fitting = [each.step for each in legend if value >= each.low]
    return str(fitting[-1]) if fitting else "none"


@dataclass(frozen=True, slots=True)
class Area:
    """A value of one area; `key` joins it to the boundary's property."""

    key: str
    name: Words
    value: float | int | None
    url: str = ""
    note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPanel:
    """Real boundaries, coloured by value, with the same in a list for those who can't see it."""

    template: ClassVar[str] = "design/map.html"
    id: str
    title: Words
    geojson_url: str
    areas: Sequence[Area]
    bounds: Sequence[float]
    measure: Words
    unit: Words = ""
    join: str = "code"
    note: Words = ""

    @property
    def legend(self) -> list[Shade]:
        """The steps of colour."""
        return shades(self.bounds)

    @property
    def shaded(self) -> list[tuple[Area, str]]:
        """Each area with its step."""
        return [(area, shade_of(area.value, self.legend)) for area in self.areas]


@dataclass(frozen=True, slots=True)
class Tile:
    """A place without an open boundary: its name and value."""

    name: Words
    value: float | int | None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileMap:
    """Places as tiles in their official order; no boundary is invented."""

    template: ClassVar[str] = "design/tilemap.html"
    title: Words
    tiles: Sequence[Tile]
    bounds: Sequence[float]
    unit: Words = ""
    note: Words = ""

    @property
    def legend(self) -> list[Shade]:
        """The steps of colour."""
        return shades(self.bounds)

    @property
    def shaded(self) -> list[tuple[Tile, str]]:
        """Each tile with its step."""
        return [(tile, shade_of(tile.value, self.legend)) for tile in self.tiles]
