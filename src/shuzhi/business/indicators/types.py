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
    target: Decimal | None = Field(default=None, ge=0, le=1)
    target_year: int | None = None
    source: Words


@dataclass(frozen=True, order=True)
class Item:
    """One thing that an indicator counts, and where a person sees it."""

    id: str
    url: str = ""


@dataclass(frozen=True)
class Count:
    """The two sets an indicator compares. Everything in the numerator is in the denominator."""

    numerator: frozenset[Item]
    denominator: frozenset[Item]


@dataclass(frozen=True)
class Value:
    """An indicator on one day. `value` is None when the denominator is empty: nothing is 0 % or 100 % of nothing."""

    indicator: str
    day: date
    numerator: int
    denominator: int
    value: Decimal | None
    computed_at: datetime

    def as_dict(self) -> dict[str, object]:
        """For JSON: a ratio with four decimals, or null."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": float(self.value) if self.value is not None else None,
            "day": self.day.isoformat(),
        }
