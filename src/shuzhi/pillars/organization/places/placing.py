"""Place one address in a current district.

An address is read from its front: province and city, then a district of any time, then what follows. A district that went
whole into one of today's settles it. One that was divided (余杭, 江干, 萧山) needs more: a town, a zone, a village, or a road
known from other addresses. Of 江干 only a part that its addresses always name was given away: what names nothing of that
part lies in the remainder. Without any of these the address stays unplaced. The division part of a firm's credit code is never
asked: it tells where the firm was first registered, not where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shuzhi.pillars.organization.places.gazetteer import Gazetteer
from shuzhi.pillars.organization.places.roads import RoadIndex, roads_in
from shuzhi.pillars.organization.places.types import Placement
from shuzhi.pillars.standards.validators.text import full_to_half, without_spaces

_HEAD_END = re.compile(r"[区县市]")
_TOWN = re.compile(r"街道|镇|乡")
_ROAD_AFTER = re.compile(r"[东西南北中苑新老]?(?:路|街(?!道)|巷|弄|大道|大街|支路|直街|桥|新城)")
# 下沙 numbers its avenues and writes 高教园区, 开发区 or 出口加工区; such an address is not of the rest of 江干.
_NUMBERED_AVENUE = re.compile(r"[0-9一二三四五六七八九十]+号?大街|开发区|高教|加工区|高新")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}")
_HEAD_LENGTHS = (4, 3, 2, 5, 6, 7)
_TOWN_WITHIN = 24
_LONGEST_ADDRESS = 400  # what stands behind is no address; a hostile cell must not cost more than a long one


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the front of an address says: the district's name, its possible successors, and the rest."""

    head: str | None
    candidates: tuple[str, ...]
    rest: str
    outside: str | None = None


def place_address(
    text: str,
    *,
    gazetteer: Gazetteer,
    hint: str | None = None,
    written_on: date | None = None,
    roads: RoadIndex | None = None,
) -> Placement:
    """Place one address, or say why not.

    `hint` is a current district that the source states elsewhere, used only when the text names none. `written_on` is the
    day on which the address was surely written: after the last re-division a district's name means today's district.
    """
    written = without_spaces(full_to_half((text or "")[:_LONGEST_ADDRESS]))
    if not written:
        return Placement(None, None, "empty")
    reading = _read(written, gazetteer)
    if reading.outside:
        return Placement(None, None, "outside", (reading.outside,))
    reading = _narrowed(reading, gazetteer, written_on)
    found = _by_town(reading, gazetteer) or _by_district(reading, gazetteer)
    found = found or _by_zone(written, reading, gazetteer) or _by_village(reading, gazetteer)
    found = found or _by_settlement(reading, gazetteer) or _by_road(reading, roads)
    if found:
        return found
    if hint and (not reading.candidates or hint in reading.candidates):
        return Placement(hint, None, "hint", (hint,))
    return _by_remainder(reading, gazetteer, roads) or _unplaced(reading)


def place_addresses(
    texts: Iterable[str], *, gazetteer: Gazetteer, learn_roads: bool = True, at_least: int = 3
) -> list[Placement]:
    """Place many addresses; with `learn_roads` the unplaced are tried again with the roads that the placed ones teach.

    So are those placed in a remainder: a road is better evidence, and may speak against it.
    """
    written = list(texts)
    placed = [place_address(text, gazetteer=gazetteer) for text in written]
    if not learn_roads:
        return placed
    roads = RoadIndex.learn(zip(written, placed, strict=True), at_least=at_least)
    return [
        found
        if found.division and found.reason_code != "remainder"
        else place_address(text, gazetteer=gazetteer, roads=roads)
        for text, found in zip(written, placed, strict=True)
    ]


def _read(written: str, gazetteer: Gazetteer) -> _Reading:
    """Take province, city and district off the front, also where they are said twice."""
    head: str | None = None
    rest = written
    while True:
        prefix = next((name for name in gazetteer.prefixes if rest.startswith(name)), None)
        if prefix and not _ROAD_AFTER.match(rest, len(prefix)):
            rest = rest[len(prefix) :]
            continue
        name = _district_at_front(rest, gazetteer)
        if name is None or (head and gazetteer.heads[name] != gazetteer.heads[head]):
            break
        head, rest = name, rest[len(name) :]
    if head is None and (name := _outside(rest, gazetteer)):
        return _Reading(None, (), rest, outside=name)
    if head is None and (stem := _county_stem(rest, gazetteer)):
        return _Reading(stem, gazetteer.heads[gazetteer.head_stems[stem]], rest[len(stem) :])
    return _Reading(head, gazetteer.heads[head] if head else (), rest)


def _district_at_front(rest: str, gazetteer: Gazetteer) -> str | None:
    return next((rest[:n] for n in (3, 2, 4) if rest[:n] in gazetteer.heads), None)


def _outside(rest: str, gazetteer: Gazetteer) -> str | None:
    return next((rest[:n] for n in _HEAD_LENGTHS if rest[:n] in gazetteer.outside), None)


def _county_stem(rest: str, gazetteer: Gazetteer) -> str | None:
    stem = next((rest[:n] for n in (2, 3) if rest[:n] in gazetteer.head_stems), None)
    return stem if stem and not _ROAD_AFTER.match(rest, len(stem)) else None


def _narrowed(reading: _Reading, gazetteer: Gazetteer, written_on: date | None) -> _Reading:
    """Keep only today's district of that name, if the address was written since it has its present extent."""
    if written_on is None:
        return reading
    named = tuple(
        code
        for code in reading.candidates
        if gazetteer.names[code] == reading.head and written_on >= gazetteer.since[code]
    )
    return _Reading(reading.head, named or reading.candidates, reading.rest)


def _by_town(reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    """A town by its full name, or by its former form: 新街镇 is today's 新街街道."""
    for name, stem, start in _town_names(reading.rest):
        spots = gazetteer.towns.get(name) or gazetteer.town_stems.get(stem)
        if not spots:
            continue
        inside = _inside(spots, reading.candidates)
        if len(inside) == 1:
            county, town = next(iter(inside))
            return Placement(county, town, "town", (name,))
        if not inside and start == 0 and len(spots) == 1 and name in gazetteer.towns:
            others = {reading.head or "", name}
            return Placement(None, None, "conflict", tuple(sorted(others)), reading.candidates)
    return _by_odd_town(reading, gazetteer)


def _by_odd_town(reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    """Town-level codes without a town's ending, such as 红山农场, right at the front."""
    for length in range(8, 3, -1):
        name = reading.rest[:length]
        if spot := _one_county(_inside(gazetteer.towns.get(name, set()), reading.candidates)):
            return Placement(*spot, "town", (name,))
    return None


def _town_names(rest: str) -> Iterator[tuple[str, str, int]]:
    for end in _TOWN.finditer(rest, 0, _TOWN_WITHIN):
        for length in (4, 3, 2):  # 富春江镇 is not 春江镇
            start = end.start() - length
            if start >= 0:
                yield rest[start : end.end()], rest[start : end.start()], start


def _by_district(reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    if len(reading.candidates) != 1:
        return None
    town = _by_village(reading, gazetteer) or _by_settlement(reading, gazetteer)
    return Placement(reading.candidates[0], town.town if town else None, "district", (reading.head or "",))


def _by_zone(written: str, reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    for name, county in gazetteer.zones.items():
        if name in written and (not reading.candidates or county in reading.candidates):
            return Placement(county, None, "zone", (name,))
    return None


def _by_village(reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    for end in re.finditer(r"社区|村", reading.rest):
        for length in (5, 4, 3, 2):
            start = end.start() - length
            stem = reading.rest[max(start, 0) : end.start()]
            if start < 0 or stem not in gazetteer.villages:
                continue
            if spot := _one_county(_inside(gazetteer.villages[stem], reading.candidates)):
                return Placement(*spot, "village", (stem + end[0],))
    return None


def _by_settlement(reading: _Reading, gazetteer: Gazetteer) -> Placement | None:
    """The bare name of a town or former town right at the front, unless it only begins the name of a road."""
    own = (reading.head or "").rstrip("区县市")
    for length in (4, 3, 2):
        stem = reading.rest[:length]
        if len(stem) < length or stem == own or _ROAD_AFTER.match(reading.rest, length):
            continue
        former = gazetteer.former_towns.get(stem)
        if former and (not reading.candidates or former in reading.candidates):
            return Placement(former, None, "former_town", (stem,))
        spots = gazetteer.town_stems.get(stem, set()) if reading.head else set()
        if spot := _one_county(_inside(spots, reading.candidates)):
            return Placement(*spot, "settlement", (stem,))
    return None


def _by_road(reading: _Reading, roads: RoadIndex | None) -> Placement | None:
    if roads is None:
        return None
    for road in roads_in(reading.rest):
        if found := roads.district_of(road, reading.candidates):
            county, often = found
            return Placement(county, None, "road" if often else "road_once", (road,))
    return None


def _by_remainder(reading: _Reading, gazetteer: Gazetteer, roads: RoadIndex | None) -> Placement | None:
    """What was left of a divided district, where nothing tells of the parts that went.

    The possible districts stay with the answer, so that no road learns from it.
    """
    rest = gazetteer.remainders.get(reading.head or "")
    if rest is None or rest not in reading.candidates or not _PLACE.search(reading.rest):
        return None
    gone = set(reading.candidates) - {rest}
    named = [stem for stem, spots in gazetteer.town_stems.items() if {county for county, _ in spots} & gone]
    named += [zone for zone, county in gazetteer.zones.items() if county in gone]
    named += [town for town, county in gazetteer.former_towns.items() if county in gone]
    elsewhere = [road for road in roads_in(reading.rest) if roads and gone & roads.seen.get(road, {}).keys()]
    if elsewhere or _NUMBERED_AVENUE.search(reading.rest) or any(name in reading.rest for name in named):
        return None
    return Placement(rest, None, "remainder", (reading.head or "",), reading.candidates)


def _unplaced(reading: _Reading) -> Placement:
    if reading.head:
        return Placement(None, None, "ambiguous", (reading.head,), reading.candidates)
    return Placement(None, None, "no_division")


def _inside(
    spots: Iterable[tuple[str, str | None]], candidates: tuple[str, ...]
) -> set[tuple[str, str | None]]:
    return {spot for spot in spots if not candidates or spot[0] in candidates}


def _one_county(spots: set[tuple[str, str | None]]) -> tuple[str, str | None] | None:
    """The county that all spots share, with the town if they share that as well."""
    counties = {county for county, _ in spots}
    if len(counties) != 1:
        return None
    towns = {town for _, town in spots}
    return counties.pop(), towns.pop() if len(towns) == 1 else None
