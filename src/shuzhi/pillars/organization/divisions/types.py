"""A division in one period of its life, and how one became another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

LEVELS = ("province", "city", "county", "town", "village")


@dataclass(frozen=True, slots=True)
class Division:
    """One name and extent of a code (GB/T 2260, GB/T 10114).

    It surely existed from `valid_from` until before `valid_to`, and may have from `not_before` until before `not_after`:
    code lists are snapshots, and a change between two of them has no better date. None is open.
    """

    code: str
    name: str
    level: str
    parent: str | None
    not_before: date
    valid_from: date
    valid_to: date | None
    not_after: date | None
    source: str
    note: str = ""

    def surely_on(self, day: date) -> bool:
        """Whether a source shows that it existed on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def maybe_on(self, day: date) -> bool:
        """Whether no source rules out that it existed on this day."""
        return self.not_before <= day and (self.not_after is None or day < self.not_after)

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Division:
        """From a row of the pack's CSV files."""
        return cls(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent=row["parent"] or None,
            not_before=_first_day(row["not_before"]),
            valid_from=_first_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            not_after=_day(row["not_after"]),
            source=row["source"],
            note=row["note"],
        )


@dataclass(frozen=True, slots=True)
class Succession:
    """One division became, or gave ground to, another between `not_before` and `day`.

    Kinds: `recoded` (same name, new code), `renamed`, `restyled` (county to district and the like), `merged`, `split` and
    `part` (some of its ground went there). A code that goes on with another extent succeeds itself.
    """

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    not_before: date
    day: date
    kind: str
    basis: str
    source: str
    note: str = ""

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Succession:
        """From a row of the pack's CSV file."""
        days = {name: date.fromisoformat(row[name]) for name in ("not_before", "day")}
        return cls(**{**row, **days})  # type: ignore[arg-type]


def short_code(code: str) -> str:
    """The code without the zeros that fill it up to 12 digits: 330110000000 is 330110, 330110005000 is 330110005."""
    if len(code) == 12 and code.endswith("000"):  # noqa: PLR2004 — the full length
        return code[:6] if code[6:9] == "000" else code[:9]
    return code


@lru_cache(maxsize=1024)  # a few hundred days stand in forty thousand rows
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _first_day(text: str) -> date:
    return _day(text) or date.min
