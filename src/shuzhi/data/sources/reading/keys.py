"""Which columns tell the rows apart: candidate keys, and columns that only just fail to be one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shuzhi.data.sources.reading.storage_types import is_naming
from shuzhi.data.sources.reading.types import NearKey, ProfileColumn

LONGEST_KEY = 128
NEAR = 0.05
LEAST_ROWS = 2
LEAST_ROWS_NEAR = 5
_DESCRIBING = frozenset({"person_name", "address", "phone", "email", "date", "percent", "amount", "url"})
_UNFIT = frozenset({"decimal", "amount", "geometry", "boolean"})


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One column as a key sees it: its filled cells and their repeats, copies of whole rows set aside."""

    column: ProfileColumn
    filled: int
    repeats: tuple[int, ...]


def candidate_keys(facts: Sequence[KeyFacts], rows: int) -> tuple[tuple[str, ...], ...]:
    """Columns that are always there and never repeat among `rows` different rows; no measurements."""
    if rows < LEAST_ROWS:
        return ()
    return tuple(
        (one.column.name,)
        for one in facts
        if _may_be_key(one.column) and one.column.distinct == rows == one.filled
    )


def near_keys(facts: Sequence[KeyFacts], rows: int) -> Iterator[NearKey]:
    """Columns with few repeated or empty cells: a key but for faults."""
    if rows < LEAST_ROWS_NEAR:
        return
    for one in facts:
        missing = rows - one.filled
        repeated = one.filled - one.column.distinct
        faults = missing + repeated
        if _is_meant_as_key(one.column) and repeated >= 0 and 0 < faults <= max(1, rows * NEAR):
            yield NearKey((one.column.name,), repeated, missing, one.repeats)


def _is_meant_as_key(column: ProfileColumn) -> bool:
    """Names and codes; days, quantities, persons and places differ nearly everywhere without being a key."""
    if not _may_be_key(column) or column.semantic in _DESCRIBING:
        return False
    return column.type == "text" or is_naming(column.name)


def _may_be_key(column: ProfileColumn) -> bool:
    return column.distinct_exact and column.type not in _UNFIT and column.longest <= LONGEST_KEY
