"""The names that addresses of one city use, each with the current division it speaks for."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.organization.divisions import Division, DivisionTree, shipped_tree
from shuzhi.pillars.organization.divisions.tree import DIVISIONS

_TOWN_END = re.compile(r"(?:街道办事处|街道|地区|镇|乡|办事处)$")
_VILLAGE_END = re.compile(r"(?:社区)?(?:村民委员会|居民委员会|村委会|居委会|社区|村|居)$")
_DISTRICT_END = re.compile(r"[区县市]$")
_SHORTEST_STEM = 2

Spots = dict[str, set[tuple[str, str | None]]]
"""Name → the (county, town) pairs it stands for."""


@dataclass(frozen=True)
class Gazetteer:
    """Names of one city as of one day. Counties are today's codes; `heads` knows the names of all times."""

    city: str
    prefixes: tuple[str, ...]
    outside: frozenset[str]
    heads: Mapping[str, tuple[str, ...]]
    head_stems: Mapping[str, str]
    towns: Spots = field(default_factory=dict)
    town_stems: Spots = field(default_factory=dict)
    villages: Spots = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    former_towns: Mapping[str, str] = field(default_factory=dict)
    remainders: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, date] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def build(
        cls, tree: DivisionTree, *, city: str, today: date, places: Iterable[Mapping[str, str]] = ()
    ) -> Gazetteer:
        """Collect the names; `places` are rows with name, division and kind (zone, former_town, area, remainder)."""
        counties = tree.children(city, today)
        current = {county.code for county in counties}
        heads = _heads(tree, current, today)
        towns, stems, villages = _lower_names(tree, counties, today)
        by_kind: dict[str, dict[str, str]] = defaultdict(dict)
        for row in places:
            by_kind["zone" if row["kind"] == "area" else row["kind"]][row["name"]] = row["division"]
        return cls(
            city=city,
            prefixes=_prefixes(tree.path(city, today)),
            outside=_outside(tree, city, today),
            heads=heads,
            head_stems=_head_stems(heads),
            towns=towns,
            town_stems=stems,
            villages=villages,
            zones=by_kind["zone"],
            former_towns=by_kind["former_town"],
            remainders=by_kind["remainder"],
            since={county.code: county.valid_from for county in counties},
            names={county.code: county.name for county in counties},
        )


@lru_cache(maxsize=4)
def shipped_gazetteer(city: str, today: date) -> Gazetteer:
    """The gazetteer of a city from the files that come with the product."""
    path = packs_root() / DIVISIONS / "places.csv"
    return Gazetteer.build(shipped_tree(), city=city, today=today, places=_rows(path))


def _heads(tree: DivisionTree, current: set[str], today: date) -> dict[str, tuple[str, ...]]:
    """Each county-level name of any time → the current counties that share its ground."""
    heads: dict[str, set[str]] = defaultdict(set)
    province = {code[:2] for code in current}
    for code in tree.codes():
        if len(code) != 6 or code.endswith("00") or code[:2] not in province:  # noqa: PLR2004 — county codes
            continue
        now = set(tree.current_codes(code, today))
        if now and now <= current:
            for life in tree.history(code):
                heads[life.name] |= now
    return {name: tuple(sorted(codes)) for name, codes in heads.items()}


def _head_stems(heads: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Counties that were once a county or a city are named without 区 in daily use: 萧山, 余杭, 富阳."""
    stems = {}
    for name in heads:
        stem = _DISTRICT_END.sub("", name)
        if name.endswith(("县", "市")) and len(stem) >= _SHORTEST_STEM:
            stems[stem] = name
    return stems


def _prefixes(path: list[Division]) -> tuple[str, ...]:
    names = [form for division in path for form in (division.name, re.sub("[省市]$", "", division.name))]
    return tuple(sorted(names, key=len, reverse=True))


def _outside(tree: DivisionTree, city: str, today: date) -> frozenset[str]:
    """Names of the other provinces, and of the other cities and counties of this province."""
    top = tree.path(city, today)[0].code
    provinces = {life.name for code in tree.codes() if code.endswith("0000") for life in tree.history(code)}
    cities = [other for other in tree.children(top, today) if other.code != city]
    counties = {county.name for other in cities for county in tree.children(other.code, today)}
    inside = {division.name for division in tree.path(city, today)}
    return frozenset((provinces | counties | {other.name for other in cities}) - inside)


def _lower_names(tree: DivisionTree, counties: list[Division], today: date) -> tuple[Spots, Spots, Spots]:
    towns: Spots = defaultdict(set)
    stems: Spots = defaultdict(set)
    villages: Spots = defaultdict(set)
    for county in counties:
        for town in tree.children(county.code, today):
            spot = (county.code, town.code)
            towns[town.name].add(spot)
            stem = _TOWN_END.sub("", town.name)
            if stem != town.name and len(stem) >= _SHORTEST_STEM:
                stems[stem].add(spot)
            for village in tree.children(town.code, today):
                stem = _VILLAGE_END.sub("", village.name)
                if len(stem) >= _SHORTEST_STEM:
                    villages[stem].add(spot)
    return dict(towns), dict(stems), dict(villages)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
