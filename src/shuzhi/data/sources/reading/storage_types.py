"""The type of a column whose cells do not all agree (ADR 0016): a few bad cells are bad cells, not another type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

CLEAN = 0.98
SHARE = 0.8
HINTED_SHARE = 0.5
LEAST_FITTING = 2
LONE_MISFIT_AMONG = 5

# The narrower type first: where two fit equally many cells, it stands.
FITTING: Mapping[str, tuple[str, ...]] = {
    "integer": ("integer",),
    "decimal": ("integer", "decimal"),
    "amount": ("integer", "decimal"),
    "date": ("date",),
    "datetime": ("date", "datetime"),
    "boolean": ("boolean",),
    "geometry": ("geometry",),
}
NUMBERS = frozenset({"integer", "decimal", "amount"})
DAYS = frozenset({"date", "datetime"})

_DAY = re.compile(r"日期|时间|年月日|生日|出生|date|_at$|_on$|^time$|dob|birth", re.IGNORECASE)
_QUANTITY = re.compile(
    r"数量|[人户次件户宗起套台辆床栋亩]数|总数|面积|金额|资金|资本|收入|支出|产值|投资|年龄|[价额率量重]$|长度|高度|得分|分数|"
    r"评分|合计|count|amount|total|price|\bage$|qty|quantity|score|population|area$",
    re.IGNORECASE,
)
_NAMING = re.compile(
    r"编号|序号|学号|工号|门牌|房号|型号|规格|号$|码$|\bno\.?$|\bid$|_id$|number$|code", re.IGNORECASE
)


class Census(NamedTuple):
    """How many filled cells a column has, and how many of each shape and kind."""

    filled: int
    shapes: Counter[str]
    kinds: Counter[str]


def storage_type(name: str, census: Census) -> str:
    """The type that the cells of a column were meant to have; text where they were meant to be nothing else."""
    fits = {kind: fitting_cells(kind, census) for kind in FITTING}
    best = max(fits, key=fits.__getitem__)
    if not fits[best]:
        return "text"
    if fits[best] >= census.filled * CLEAN:
        return best
    return best if _is_meant(best, name, fits[best], census) else "text"


def is_naming(name: str) -> bool:
    """Numbers under this name tell things apart and measure nothing."""
    return bool(_NAMING.search(name))


def fitting_cells(kind: str, census: Census) -> int:
    """How many cells fit a type."""
    count = sum(census.shapes[member] for member in FITTING.get(kind, ()))
    if kind == "amount":
        # Plain numbers alone are numbers: only a unit or a currency makes them amounts.
        return count + census.kinds["amount"] if census.kinds["amount"] else 0
    if count and kind in DAYS:
        count += census.kinds["compact_date"]  # 20190228 between 2019-02-27 and 2019/3/1
    return count


def _is_meant(kind: str, name: str, fitting: int, census: Census) -> bool:
    """Whether the cells that do not fit are faults rather than another kind of column."""
    if kind == "geometry" or fitting < LEAST_FITTING:
        return False
    if kind in NUMBERS and _are_codes(name, census, census.filled - fitting):
        return False
    if kind in DAYS:
        fitting += min(fitting, census.kinds["date_like"])  # 2023-02-30 was meant to be a day
    hint = _DAY if kind in DAYS else _QUANTITY
    if hint.search(name):
        return fitting > census.filled * HINTED_SHARE
    return fitting >= census.filled * SHARE and census.filled >= LONE_MISFIT_AMONG


def _are_codes(name: str, census: Census, misfits: int) -> bool:
    """007, A12 and 3-1: digits that measure nothing."""
    if census.shapes["digits"] > census.filled * (1 - CLEAN):
        return True
    lone = misfits == 1 and census.filled >= 2 * LONE_MISFIT_AMONG
    if is_naming(name):
        return not lone
    return misfits > 1 and census.kinds["code"] > misfits / 2 and not _QUANTITY.search(name)
