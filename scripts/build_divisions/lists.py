"""The official lists as they were published: code and name on one day."""

from __future__ import annotations

import json
from pathlib import Path

from files import read


def mca2021(source: Path) -> dict[str, str]:
    folder = source / "mca2021_before_hangzhou_redivision"
    rows = [*read(folder / "area.csv"), *read(folder / "city.csv")]
    rows += json.loads((folder / "province.json").read_text("utf-8"))
    return {r["code"]: r["name"] for r in rows}


def nbs2023(source: Path) -> dict[str, str]:
    names = {"provinces.csv": "0000", "cities.csv": "00", "areas.csv": ""}
    return {
        r["code"] + end: r["name"] for file, end in names.items() for r in read(source / "nbs2023" / file)
    }


def mca2026(source: Path) -> dict[str, str]:
    provinces = json.loads((source / "mca2026_official/divisions_v1.json").read_text("utf-8"))["provinces"]
    names = {}
    for province, entry in provinces.items():
        names[entry["code"][:6]] = province
        for city, below in entry["cities"].items():
            if below["code"]:
                names[below["code"][:6]] = city
            names |= {code[:6]: county for county, code in below["counties"].items()}
    return names
