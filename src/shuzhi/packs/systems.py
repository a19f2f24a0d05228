"""The table of systems (系统清单) that the plans name: what packs say they make work."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class System:
    """One row of the table."""

    id: str
    title: Words
    area: str


@cache
def systems() -> Mapping[str, System]:
    """Every system by its id, in the order of the table."""
    with (packs_root() / "platform" / "systems" / "systems.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            System(row["id"], Words(zh=row["name_zh"], en=row["name_en"]), row["area"])
            for row in csv.DictReader(file)
        ]
    return {row.id: row for row in rows}
