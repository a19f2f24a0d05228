"""Roads and sites that other addresses of the same data place in exactly one district."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shuzhi.pillars.organization.places.types import Placement
from shuzhi.pillars.standards.validators.text import full_to_half, without_spaces

_ROAD_END = re.compile(r"大道|大街|直街|支路|路|街(?!道)|巷|弄")
_SITE_END = re.compile(
    r"广场|大厦|大楼|市场|中心|小区|新村|公寓|花园|商城|家园|嘉苑|名苑|[东西南北]苑|国际|金座|农场|火车站"
)
_ROAD_NAME, _SITE_NAME = re.compile(r"[\u4e00-\u9fff0-9]+$"), re.compile(r"[\u4e00-\u9fff]+$")
# What stands before the name: divisions, villages, zones. 市 also begins names such as 市场, 市民街 and 市心路.
_CUT = re.compile(r".*(?:省|街道|[镇乡村区县]|市(?![场民心]))(?=..)")
# A house number's 号 before a building, and the city before a road: 号来福士中心, 杭州解放路.
_FRONT = re.compile(r"^(?:[0-9]*号)?(?:杭州市?)?(?=...)")
# Evidence that is independent of roads; a bare district is no proof of a road where the district was divided.
_TEACHERS = frozenset({"town", "village", "zone", "district"})
_LONGEST_ROAD, _LONGEST_SITE = 7, 10
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class RoadIndex:
    """How often each road was seen in each district, learned from placements that rest on something else than a road.

    `doubts` holds, per road, the districts in which its unplaced addresses may lie.
    """

    seen: Mapping[str, Counter[str]]
    doubts: Mapping[str, frozenset[str]]
    at_least: int = 3

    @classmethod
    def learn(cls, placed: Iterable[tuple[str, Placement]], *, at_least: int = 3) -> RoadIndex:
        """Count the roads of placed addresses. Not circular: an address that was placed by a road teaches nothing."""
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        doubts: dict[str, set[str]] = defaultdict(set)
        for text, placement in placed:
            for road in set(roads_in(without_spaces(full_to_half(text)))):
                if placement.division and placement.reason_code in _TEACHERS:
                    seen[road][placement.division] += 1
                elif placement.candidates:
                    doubts[road].update(placement.candidates)
        return cls(dict(seen), {road: frozenset(where) for road, where in doubts.items()}, at_least)

    def district_of(self, road: str, candidates: tuple[str, ...]) -> tuple[str, bool] | None:
        """The one district in which a road or site lies, and whether `at_least` addresses show it.

        With candidates, sightings elsewhere do not count: an address in former 江干区 on a road seen in 上城区 and 拱墅区 lies
        in 上城区, for 江干区 gave nothing to 拱墅区; and a single sighting will do, since few districts are left. Without, the
        road must have been seen often enough and in one district alone, doubts included.
        """
        where = self.seen.get(road, Counter())
        possible = [code for code in where if not candidates or code in candidates]
        if len(possible) != 1:
            return None
        often = where[possible[0]] >= self.at_least
        if not candidates and (not often or self.doubts.get(road, frozenset()) - {possible[0]}):
            return None
        return possible[0], often


def roads_in(text: str) -> Iterator[str]:
    """The names of roads, then of sites (buildings, markets, estates), in an address, without the divisions before them."""
    for ending, shape, longest in (
        (_ROAD_END, _ROAD_NAME, _LONGEST_ROAD),
        (_SITE_END, _SITE_NAME, _LONGEST_SITE),
    ):
        after = 0
        for found in ending.finditer(text):
            # Looking back from the ending over a bounded stretch keeps this linear, however long the text.
            run = shape.search(text[max(after, found.end() - _LOOK_BACK) : found.end()])
            after = found.end()
            name = _FRONT.sub("", _CUT.sub("", run[0])) if run else ""
            if 2 < len(name) <= longest:  # noqa: PLR2004 — one character and its suffix is no name
                yield name
