"""Where a row is (位置): a geometry in GeoJSON, or a longitude and a latitude beside each other, in degrees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.types import Column, Extent

PAIRS = (("longitude", "latitude"), ("lng", "lat"), ("lon", "lat"), ("gis_lng", "gis_lat"))
_NUMBERS = frozenset({FieldType.DECIMAL, FieldType.INTEGER, FieldType.TEXT})
_TIMES = frozenset({FieldType.DATE, FieldType.DATETIME})
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """The columns that say where a row is: one geometry, or longitude and latitude; and the one that says when."""

    columns: tuple[str, ...]
    time: str | None = None

    def geometry(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The row's place as GeoJSON; None where it says none that is one."""
        if len(self.columns) == 1:
            return _parsed(row.get(self.columns[0]))
        try:
            x, y = (float(row[name]) for name in self.columns)
        except (TypeError, ValueError, KeyError):
            return None
        return {"type": "Point", "coordinates": [x, y]} if _on_earth(x, y) else None


def place_of(columns: Sequence[Column]) -> Place | None:
    """How the columns of a release say where its rows are; None if they do not."""
    kinds = {column.id: column.type for column in columns}
    time = next((name for name, kind in kinds.items() if kind in _TIMES), None)
    for name, kind in kinds.items():
        if kind is FieldType.GEOMETRY:
            return Place((name,), time)
    for pair in PAIRS:
        if all(kinds.get(name) in _NUMBERS for name in pair):
            return Place(pair, time)
    return None


@dataclass
class Finder:
    """Notes every row's box while a release is written, and the extent of all."""

    place: Place
    names: list[str]
    box: Box | None = None
    times: list[Any] = field(default_factory=list)

    def note(self, row: list[Any]) -> str | None:
        """The row's box as PostgreSQL writes it."""
        said = dict(zip(self.names, row, strict=True))
        self._note_time(said.get(self.place.time or ""))
        found = box_of(self.place.geometry(said))
        if found is None:
            return None
        self.box = found if self.box is None else _joined(self.box, found)
        west, south, east, north = found
        return f"({east},{north}),({west},{south})"

    @property
    def extent(self) -> Extent | None:
        """Where and when all rows are; None if none is anywhere."""
        if self.box is None:
            return None
        since, until = (_written(one) for one in self.times) if self.times else (None, None)
        return Extent(self.box, self.place.time, since, until)

    def _note_time(self, value: Any) -> None:
        if isinstance(value, date):
            self.times = [min([value, *self.times[:1]]), max([value, *self.times[1:]])]


def finder(columns: Sequence[Column]) -> Finder | None:
    """What notes places while a release of these columns is written; None if its rows have none."""
    place = place_of(columns)
    return Finder(place, [column.id for column in columns]) if place else None


def box_of(geometry: dict[str, Any] | None) -> Box | None:
    """A geometry's bounding box; None for one that is empty or broken."""
    from shapely import GEOSException
    from shapely.geometry import shape

    if geometry is None:
        return None
    if geometry["type"] == "Point":
        x, y = geometry["coordinates"][:2]
        return (x, y, x, y)
    try:
        west, south, east, north = (float(each) for each in shape(geometry).bounds)
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    return (west, south, east, north) if _on_earth(west, south) and _on_earth(east, north) else None


def _parsed(text: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    is_geometry = isinstance(found, dict) and isinstance(found.get("coordinates"), list) and "type" in found
    return found if is_geometry else None


def _on_earth(x: float, y: float) -> bool:
    # Not-a-number compares with nothing; nought and nought stands for "unknown" in every city's data.
    return -180 <= x <= 180 and -90 <= y <= 90 and (x, y) != (0, 0)  # noqa: PLR2004


def _joined(one: Box, other: Box) -> Box:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else f"{value.isoformat()}T00:00:00Z"
