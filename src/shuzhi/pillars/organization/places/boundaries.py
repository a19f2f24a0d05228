"""Boundaries (边界): the district at a point, and the offset coordinates of Chinese map services."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.organization.divisions.tree import DIVISIONS

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, on which GCJ-02 is computed
_EARTH_KM = 6371.0088  # mean radius, IUGG
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)


@dataclass(frozen=True)
class Boundaries:
    """Areas with their division codes, indexed for points (WGS 84, longitude first)."""

    codes: tuple[str, ...]
    areas: tuple[BaseGeometry, ...]
    index: STRtree

    @classmethod
    def load(cls, path: Path) -> Boundaries:
        """Read a GeoJSON file whose features have a `code`."""
        from shapely import STRtree
        from shapely.geometry import shape

        features = json.loads(path.read_text("utf-8"))["features"]
        areas = tuple(shape(feature["geometry"]) for feature in features)
        return cls(tuple(feature["properties"]["code"] for feature in features), areas, STRtree(areas))

    def at(self, lon: float, lat: float) -> str | None:
        """The code of the area that holds a point; on a shared border the lower code, outside None."""
        from shapely.geometry import Point

        hits = self.index.query(Point(lon, lat), predicate="intersects")
        return min((self.codes[hit] for hit in hits), default=None)


@lru_cache(maxsize=4)
def shipped_boundaries(name: str = "330100-2021") -> Boundaries:
    """Boundaries that come with the product: the city's code and the year since which they hold."""
    return Boundaries.load(packs_root() / DIVISIONS / "boundaries" / f"{name}.geojson")


def boundary_file(name: str) -> Path | None:
    """The file of boundaries that come with the product, or None where there are none of this name."""
    path = packs_root() / DIVISIONS / "boundaries" / f"{name}.geojson"
    return path if path.is_file() else None


def newest_boundaries(division: str) -> str | None:
    """The name of the latest boundaries of the parts of a division, such as `330100-2021`."""
    found = sorted((packs_root() / DIVISIONS / "boundaries").glob(f"{division}-*.geojson"))
    return found[-1].stem if found else None


@lru_cache(maxsize=4)
def square_kilometres(name: str) -> Mapping[str, float]:
    """The area of each part, reckoned from its boundary: as exact as the boundary is drawn, within some percent."""
    file = boundary_file(name)
    features = json.loads(file.read_text("utf-8"))["features"] if file else []
    return MappingProxyType({one["properties"]["code"]: _area(one["geometry"]) for one in features})


def _area(geometry: Mapping[str, Any]) -> float:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return sum(_ring(outer) - sum(map(_ring, holes)) for outer, *holes in polygons)


def _ring(points: list[list[float]]) -> float:
    """The area inside a ring on a sphere, in km² (Chamberlain & Duquette, 2007)."""
    steps = pairwise(points)
    turns = (
        math.radians(there[0] - here[0])
        * (2 + math.sin(math.radians(here[1])) + math.sin(math.radians(there[1])))
        for here, there in steps
    )
    return abs(sum(turns)) * _EARTH_KM**2 / 2


def district_at(lon: float, lat: float) -> str | None:
    """The district of Hangzhou (since 2021) at a point in WGS 84, or None outside the city."""
    return shipped_boundaries().at(lon, lat)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The offset coordinates (火星坐标) of a true point; outside China there is no offset."""
    west, south, east, north = _CHINA
    if not (west < lon < east and south < lat < north):
        return lon, lat
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(radians) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic))
    parallel = _AXIS / math.sqrt(magic) * math.cos(radians)
    x, y = lon - 105.0, lat - 35.0
    return lon + math.degrees(_shift_lon(x, y) / parallel), lat + math.degrees(_shift_lat(x, y) / meridian)


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The true point of offset coordinates, to about a centimetre: the offset has no inverse, so it is approached."""
    true_lon, true_lat = lon, lat
    for _ in range(4):
        shown_lon, shown_lat = wgs84_to_gcj02(true_lon, true_lat)
        true_lon, true_lat = true_lon - (shown_lon - lon), true_lat - (shown_lat - lat)
    return true_lon, true_lat


def _shift_lat(x: float, y: float) -> float:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return shift + _waves(x) + _wave(y, (20.0, 1), (40.0, 1 / 3)) + _wave(y, (160.0, 1 / 12), (320.0, 1 / 30))


def _shift_lon(x: float, y: float) -> float:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return shift + _waves(x) + _wave(x, (20.0, 1), (40.0, 1 / 3)) + _wave(x, (150.0, 1 / 12), (300.0, 1 / 30))


def _waves(x: float) -> float:
    return _wave(x, (20.0, 6), (20.0, 2))


def _wave(value: float, *parts: tuple[float, float]) -> float:
    return 2 / 3 * sum(height * math.sin(value * math.pi * rate) for height, rate in parts)
