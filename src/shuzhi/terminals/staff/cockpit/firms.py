"""Firms by place, as the register's last build counted them, and which of them are synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.types import Tally

REGISTER = "legal-entity"


@dataclass(frozen=True)
class Firms:
    """How many firms a place has, how many of them are synthetic, and on how many the offices differ."""

    records: int = 0
    synthetic: int = 0
    disputed: int = 0

    def __add__(self, other: Firms) -> Firms:
        return Firms(
            self.records + other.records, self.synthetic + other.synthetic, self.disputed + other.disputed
        )


def by_place(field: str, *, day: date) -> dict[str | None, Firms]:
    """Firms by district or town as of a day; None stands for those that could not be placed."""
    tallies = registers.tally(REGISTER, field, day=day)
    sources = {source for tally in tallies.values() for source in tally.by_source if source}
    invented = catalog.synthetic_datasets(sources) if sources else set()
    return {place: _firms(tally, invented) for place, tally in tallies.items()}


def total(places: dict[str | None, Firms]) -> Firms:
    """All firms, placed or not."""
    return sum(places.values(), Firms())


def _firms(tally: Tally, invented: set[str]) -> Firms:
    synthetic = sum(count for source, count in tally.by_source.items() if source in invented)
    return Firms(tally.records, synthetic, tally.disputed)
