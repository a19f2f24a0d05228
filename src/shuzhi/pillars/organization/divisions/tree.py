"""The division tree over time."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.organization.divisions.types import Division, Succession, short_code

DIVISIONS = Path("platform", "divisions")
LOWER_FILES = ("towns.csv", "villages.csv")


class DivisionTree:
    """Every division of every time that the pack knows; all questions name a day."""

    def __init__(self, divisions: Iterable[Division], successions: Iterable[Succession] = ()) -> None:
        """Take divisions in any order; the intervals of one code must not overlap."""
        self._by_code: dict[str, list[Division]] = defaultdict(list)
        self._below: dict[str, set[str]] = defaultdict(set)
        self._onward: dict[str, list[Succession]] = defaultdict(list)
        for division in divisions:
            self._by_code[division.code].append(division)
            if division.parent:
                self._below[division.parent].add(division.code)
        for lives in self._by_code.values():
            lives.sort(key=lambda division: division.valid_from)
        for succession in sorted(successions, key=lambda change: (change.day, change.new_code)):
            self._onward[succession.old_code].append(succession)

    @classmethod
    def load(cls, folder: Path, *, lower: bool = True) -> DivisionTree:
        """Read a divisions pack; without `lower`, provinces, cities and counties only (ten times faster)."""
        files = ("divisions.csv", *LOWER_FILES) if lower else ("divisions.csv",)
        rows = (row for file in files if (folder / file).exists() for row in _rows(folder / file))
        return cls(map(Division.of, rows), map(Succession.of, _rows(folder / "successions.csv")))

    def as_of(self, code: str, day: date) -> Division | None:
        """What a code meant on a day, or None if nothing.

        Where no source is sure of that day, the division that may have existed is given, the earlier one first; ask
        `surely_on(day)`.
        """
        lives = self._by_code.get(short_code(code), ())
        sure = (life for life in lives if life.surely_on(day))
        return next(sure, None) or next((life for life in lives if life.maybe_on(day)), None)

    def history(self, code: str) -> list[Division]:
        """All lives of a code, the earliest first."""
        return list(self._by_code.get(short_code(code), ()))

    def children(self, code: str, day: date) -> list[Division]:
        """The divisions directly below a code on a day, by code."""
        below = (self.as_of(child, day) for child in sorted(self._below.get(short_code(code), ())))
        return [child for child in below if child and child.parent == short_code(code)]

    def path(self, code: str, day: date) -> list[Division]:
        """From the province down to the code, as of a day; empty if the code meant nothing then."""
        found: list[Division] = []
        here = self.as_of(code, day)
        while here:
            found.insert(0, here)
            here = self.as_of(here.parent, day) if here.parent else None
        return found

    def full_name(self, code: str, day: date) -> str:
        """浙江省杭州市余杭区: the names of the path in one."""
        return "".join(division.name for division in self.path(code, day))

    def successors(self, code: str, after: date) -> list[Succession]:
        """What became of a code after a day: one step, the earliest first."""
        return [change for change in self._onward.get(short_code(code), ()) if change.day > after]

    def current_codes(self, code: str, today: date, *, written_on: date = date.min) -> list[str]:
        """The codes that today share the ground that a code had when it was written down.

        One code: the ground went there whole. Several: it was divided, and the code alone does not tell where a place
        in it lies now. None: no source tells what became of it. Without `written_on` the code's earliest meaning is
        followed, so that 330110 is open between 330110 and 330113.
        """
        ends: set[str] = set()
        ways = [(short_code(code), written_on)]
        while ways:
            here, since = ways.pop()
            steps = [change for change in self.successors(here, since) if change.day <= today]
            ways += [(change.new_code, change.day) for change in steps if change.day == steps[0].day]
            if not steps and self.is_current(here, today):
                ends.add(here)
        return sorted(ends)

    def is_current(self, code: str, today: date) -> bool:
        """Whether the code means a division today."""
        division = self.as_of(code, today)
        return division is not None and division.surely_on(today)

    def codes(self) -> Iterator[str]:
        """Every code that ever meant something."""
        return iter(self._by_code)

    def successions(self) -> Iterator[Succession]:
        """Every known succession."""
        for changes in self._onward.values():
            yield from changes


@lru_cache(maxsize=2)
def shipped_tree(*, lower: bool = True) -> DivisionTree:
    """The tree that comes with the product."""
    return DivisionTree.load(packs_root() / DIVISIONS, lower=lower)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
