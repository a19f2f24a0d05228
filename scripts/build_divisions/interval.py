"""The words of the divisions pack: sources, days, and one life of a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

GB, MCA2021, NBS2023, MCA2026 = "gb2260-1980-2019", "mca-2021-01-04", "nbs-2023-06-30", "mca-2026-09-11"
CURATED = "curated"
SNAPSHOT_DAYS = {MCA2021: date(2021, 1, 4), NBS2023: date(2023, 6, 30), MCA2026: date(2026, 9, 11)}
NAMED_YEARS = 2019  # events after the last GB/T 2260 revision narrow the days between two snapshots
DAY = timedelta(days=1)
# Rows that only hold a list together, and the areas that statistics count apart: neither is a division.
VIRTUAL = re.compile(r"市辖区|县|市|.*直辖(县级)?行政(区划|单位)|.*直辖县级行政单位")
LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}
FIRST_LIST = date(1980, 12, 31)


@dataclass(frozen=True)
class Interval:
    """One name (and extent) of a code; the end days are exclusive, None is open."""

    code: str
    name: str
    not_before: date
    valid_from: date
    valid_to: date | None
    not_after: date | None
    source: str
    note: str = ""

    @property
    def level(self) -> str:
        return LEVELS[len(self.code) if len(self.code) > 6 else len(re.sub("(00){1,2}$", "", self.code))]
