"""Towns and villages, which one list has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from files import read, row
from interval import MCA2021, NBS2023, SNAPSHOT_DAYS, Interval
from lists import mca2021


def same_town_lists(source: Path, found: list[tuple[str, ...]]) -> None:
    """The list of 2021-01-04 still has the old districts, but its towns already stand under the new ones."""
    counties = mca2021(source)
    rows = list(read(source / "mca2021_before_hangzhou_redivision" / "town_hangzhou.csv"))
    for r in rows:
        finding = f"同一来源的县级表没有 {r['code']}：乡镇表是调整之后的，不能当作 2021-01-04 的"
        if r["code"] not in counties:
            found += [("town_without_county", r["code"] + r["town"][:3], r["name"], MCA2021, finding)]


def towns(source: Path, intervals: list[Interval]) -> list[tuple]:
    rows = [r for r in read(source / "nbs2023/streets.csv") if r["code"].startswith("33")]
    return [row(below(r["code"], r["name"], r["areaCode"], intervals), r["areaCode"]) for r in rows]


def villages(source: Path, intervals: list[Interval]) -> list[tuple]:
    rows = list(read(source / "nbs2023/villages_zhejiang33.csv"))
    return [row(below(r["code"], r["name"], r["areaCode"], intervals), r["streetCode"]) for r in rows]


def below(code: str, name: str, county: str, intervals: list[Interval]) -> Interval:
    """A town or village: seen on one day only, and never older than the present extent of its county."""
    seen = SNAPSHOT_DAYS[NBS2023]
    lives = [
        i for i in intervals if i.code == county and i.valid_from <= seen and (i.valid_to or date.max) > seen
    ]
    return Interval(code, name, lives[0].not_before, seen, None, None, NBS2023)
