"""Roads that other addresses of the same data place in exactly one district."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shuzhi.pillars.organization.places.types import Placement
from shuzhi.pillars.standards.validators.text import full_to_half, without_spaces

_ROAD = re.compile(r"[\u4e00-\u9fff0-9]+?(?:大道|大街|直街|支路|路|街(?!道)|巷|弄)")
_CUT = re.compile(r".*(?:省|街道|镇|乡|村|社区|开发区|园区|[区县市](?=.{2,}?[路街巷弄道]))")
# Evidence that is independent of roads; a bare district is no proof of a road where the district was divided.
_TEACHERS = frozenset({"town", "village", "zone", "district"})
_LONGEST = 7


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

    def district_of(self, road: str, candidates: tuple[str, ...]) -> str | None:
        """The one district in which a road lies, as far as `at_least` addresses and no other show.

        With candidates, sightings elsewhere do not count: an address in former 江干区 on a road seen in 上城区 and 拱墅区 lies
        in 上城区, for 江干区 gave nothing to 拱墅区. Without, the road must be in one district alone, doubts included.
        """
        where = self.seen.get(road, Counter())
        possible = [code for code in where if not candidates or code in candidates]
        if len(possible) != 1 or where[possible[0]] < self.at_least:
            return None
        if not candidates and self.doubts.get(road, frozenset()) - {possible[0]}:
            return None
        return possible[0]


def roads_in(text: str) -> Iterator[str]:
    """The road names in an address, without the divisions before them."""
    for found in _ROAD.finditer(text):
        name = _CUT.sub("", found[0])
        if 2 < len(name) <= _LONGEST:  # noqa: PLR2004 — one character and its suffix is no name
            yield name
