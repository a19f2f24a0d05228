"""What an indicator is and what computing one yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words


class IndicatorDeclaration(BaseModel):
    """An indicator as a pack declares it: `indicators/<id>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: str = Field(pattern=r"^[A-Z][A-Z0-9-]*$")
    title: Words
    group: Words
    definition: Words
    numerator: Words
    denominator: Words
    measure: str
    of: str | None = None  # what the measure is about, where it can be about several: a process
    working_days: int | None = Field(default=None, ge=0, le=999)
    minutes: int | None = Field(default=None, ge=1, le=1440)  # a term that is shorter than a day
    target: Decimal | None = Field(default=None, ge=0, le=1)
    target_year: int | None = Field(default=None, ge=1949, le=2100)
    source: Words


Item = str
"""One thing that an indicator counts, by its id in text: `dataset/firms`, `dataset/firms#phone`, `dossier/17`."""


@dataclass(frozen=True)
class Count:
    """The two sets an indicator compares. Everything in the numerator is in the denominator.

    `undecidable` stands outside both: what cannot be said to count or not, listed so that nobody misses it.
    """

    numerator: frozenset[Item]
    denominator: frozenset[Item]
    undecidable: frozenset[Item] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a measure that counts what lies outside its whole."""
        if not self.numerator <= self.denominator:
            raise ValueError(f"counted outside the whole: {sorted(self.numerator - self.denominator)[:3]}")


@dataclass(frozen=True)
class Amount:
    """Two sums where an indicator weighs instead of counting, in whole units (yuan), and the things that make up the first."""

    numerator: int
    denominator: int
    items: frozenset[Item] = frozenset()


@dataclass(frozen=True)
class Value:
    """An indicator on one day. `value` is None when the denominator is empty: nothing is 0 % or 100 % of nothing."""

    indicator: str
    day: date
    numerator: int
    denominator: int
    value: Decimal | None
    computed_at: datetime

    @property
    def percent(self) -> str:
        """For people: a percentage with one decimal, or a dash."""
        return f"{self.value:.1%}" if self.value is not None else "—"

    def as_dict(self) -> dict[str, object]:
        """For JSON: a ratio with four decimals, or null."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": float(self.value) if self.value is not None else None,
            "day": self.day.isoformat(),
        }
