"""Real towns, invented doors."""

from __future__ import annotations

import csv
from datetime import date
from functools import lru_cache
from importlib.resources import files
from random import Random

from shuzhi.demo.population.chance import Weighted, happens, pick
from shuzhi.demo.population.types import Address, Town

DISTRICT_WEIGHTS = {
    "330102": 11.0, "330105": 9.4, "330106": 9.3, "330108": 4.3, "330109": 17.1, "330110": 19.0, "330111": 7.2,
    "330112": 5.4, "330113": 10.1, "330114": 6.6, "330122": 3.9, "330127": 2.8, "330182": 3.8,
}  # fmt: skip
"""Rough shares of the districts; Yuhang is drawn a little larger because the demonstration shows it in depth."""

FORMER_CODES: dict[str, tuple[tuple[date, str], ...]] = {
    "下城区": ((date(2021, 4, 9), "330103"),),
    "江干区": ((date(2021, 4, 9), "330104"),),
    "330109": ((date(1988, 1, 1), "330121"), (date(2001, 3, 25), "330181")),
    "330110": ((date(1994, 4, 18), "330125"), (date(2001, 3, 12), "330184")),
    "330111": ((date(1994, 1, 18), "330123"), (date(2015, 2, 15), "330183")),
    "330112": ((date(1996, 12, 12), "330124"), (date(2017, 9, 15), "330185")),
    "330182": ((date(1992, 4, 1), "330126"),),
}
"""Until which day a district (or a dissolved one, by name) was coded how; approximate where only the year matters."""

_ROAD_FIRST = "云锦望澄和景丰文星溪南北东西春秋长永新兴明清华龙凤金银翠青竹松梅桂兰荷康宁安泰"
_ROAD_SECOND = "溪湖山河江桥塘浦林苑园城阳和平安康庆丰盛祥瑞华荣昌达通源泉峰岭谷川洲港湾汇"
_ROAD_ENDS = Weighted({"路": 60.0, "街": 14.0, "大道": 9.0, "巷": 9.0, "弄": 3.0, "支路": 5.0})
_ESTATES = ("花苑", "家园", "公寓", "新村", "雅苑", "名邸", "小区", "景园")
_TOWERS = ("大厦", "商务中心", "科创园", "产业园", "广场", "创业中心", "工业园区")


@lru_cache(maxsize=1)
def towns() -> dict[str, tuple[Town, ...]]:
    """The towns of each district; economic zones and farms, which the statistics list beside them, are left out."""
    text = (files("shuzhi.demo.population") / "data" / "towns.csv").read_text(encoding="utf-8")
    by_district: dict[str, list[Town]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["name"].endswith(("街道", "镇", "乡")):
            by_district.setdefault(row["district"], []).append(Town(**row))
    return {district: tuple(members) for district, members in by_district.items()}


_DISTRICTS = Weighted(DISTRICT_WEIGHTS)


def draw_address(chance: Random, *, business: bool) -> Address:
    """A door somewhere in the city: a home, or a place of business."""
    members = towns()[_DISTRICTS.draw(chance)]
    town = members[int(chance.random() * len(members))]
    if not town.name.endswith("街道") and happens(chance, 0.5):
        return Address(town, _village(chance))
    return Address(town, _tower(chance) if business else _home(chance))


def district_code(town: Town, day: date) -> str:
    """The code that the registry of the town's district used on a day: 余杭 was 330184 until 2001."""
    for key in (town.former_district, "330110" if town.former_district == "余杭区" else town.district):
        for until, code in FORMER_CODES.get(key, ()):
            if day < until:
                return code
    if town.former_district in {"余杭区", "萧山区"} and day < date(2021, 4, 9):
        return "330110" if town.former_district == "余杭区" else "330109"
    return town.district


def _road(chance: Random) -> str:
    return pick(chance, _ROAD_FIRST) + pick(chance, _ROAD_SECOND) + _ROAD_ENDS.draw(chance)


def _number(chance: Random, most: int) -> int:
    return 1 + int(chance.random() * most)


def _village(chance: Random) -> str:
    name = pick(chance, _ROAD_FIRST) + pick(chance, _ROAD_SECOND)
    return f"{name}村{_number(chance, 18)}组{_number(chance, 90)}号"


def _home(chance: Random) -> str:
    estate = pick(chance, _ROAD_FIRST) + pick(chance, _ROAD_SECOND) + pick(chance, _ESTATES)
    room = f"{_number(chance, 26)}0{_number(chance, 4)}室"
    return f"{estate}{_number(chance, 40)}幢{_number(chance, 4)}单元{room}"


def _tower(chance: Random) -> str:
    door = f"{_road(chance)}{_number(chance, 999)}号"
    if happens(chance, 0.4):
        return door
    name = pick(chance, _ROAD_FIRST) + pick(chance, _ROAD_SECOND) + pick(chance, _TOWERS)
    return f"{door}{name}{_number(chance, 12)}幢{_number(chance, 26)}{_number(chance, 39):02d}室"
