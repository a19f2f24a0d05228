"""Coordinates as a client wants them: four reference systems, reckoned from WGS 84 longitude and latitude."""

from __future__ import annotations

from collections.abc import Callable
from math import atan, exp, log, pi, tan
from typing import Any

from shuzhi.data.opendata.ogc.errors import BadQuery

Pair = tuple[float, float]
Turn = Callable[[float, float], Pair]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"
RADIUS = 6378137.0
# Where the square of Web Mercator ends.
MOST_NORTH = 85.051128779807


def _same(x: float, y: float) -> Pair:
    return x, y


def _swapped(x: float, y: float) -> Pair:
    return y, x


def _to_mercator(x: float, y: float) -> Pair:
    north = max(-MOST_NORTH, min(MOST_NORTH, y))
    return x * pi / 180 * RADIUS, log(tan(pi / 4 + north * pi / 360)) * RADIUS


def _from_mercator(x: float, y: float) -> Pair:
    try:
        return x / RADIUS * 180 / pi, (2 * atan(exp(y / RADIUS)) - pi / 2) * 180 / pi
    except OverflowError:
        return x / RADIUS * 180 / pi, 90.0


# From longitude and latitude, and back. CGCS2000 (EPSG:4490) differs from WGS 84 by centimetres, which no open
# data set here is exact to; its axes are latitude, longitude.
SYSTEMS: dict[str, tuple[Turn, Turn]] = {
    CRS84: (_same, _same),
    f"{EPSG}/4326": (_swapped, _swapped),
    f"{EPSG}/4490": (_swapped, _swapped),
    f"{EPSG}/3857": (_to_mercator, _from_mercator),
}


def system(parameter: str, asked: str) -> str:
    """A reference system that is asked for by its address.

    Raises:
        BadQuery: it is none of ours.
    """
    if not asked:
        return CRS84
    named = f"{EPSG}/{asked.upper().removeprefix('EPSG:')}" if asked.upper().startswith("EPSG:") else asked
    if named not in SYSTEMS:
        known = ", ".join(SYSTEMS)
        raise BadQuery(parameter=parameter, reason=f"one of {known}", reason_zh=f"应为 {known} 之一")
    return named


def turned(geometry: dict[str, Any] | None, crs: str) -> dict[str, Any] | None:
    """A geometry in a reference system."""
    if geometry is None or crs == CRS84:
        return geometry
    return {**geometry, "coordinates": _each(geometry["coordinates"], SYSTEMS[crs][0])}


def boxes(text: str, crs: str) -> tuple[tuple[float, float, float, float], ...]:
    """What a `bbox` asks, in degrees; one that crosses the date line becomes two.

    Raises:
        BadQuery: it is no box.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:  # noqa: PLR2004  (heights, which our rows have not)
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or any(number != number or abs(number) > 1e9 for number in numbers):  # noqa: PLR0124, PLR2004
        raise BadQuery(parameter="bbox", reason="four or six numbers", reason_zh="应为四个或六个数字")
    back = SYSTEMS[crs][1]
    (west, south), (east, north) = back(*numbers[:2]), back(*numbers[2:])
    if south > north:
        raise BadQuery(parameter="bbox", reason="its south is north of its north", reason_zh="南界在北界以北")
    if west > east:
        return ((west, south, 180.0, north), (-180.0, south, east, north))
    return ((west, south, east, north),)


def _each(coordinates: Any, turn: Turn) -> Any:
    is_position = coordinates and all(isinstance(one, (int, float)) for one in coordinates[:2])
    if is_position:
        return [*turn(float(coordinates[0]), float(coordinates[1])), *coordinates[2:]]
    return [_each(one, turn) for one in coordinates]
