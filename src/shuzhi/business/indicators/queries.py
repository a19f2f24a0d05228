from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shuzhi.business.indicators import models
from shuzhi.business.indicators.errors import NoSuchIndicator
from shuzhi.business.indicators.types import IndicatorDeclaration, Item, Value


@dataclass(frozen=True)
class Opened:
    """A figure, opened: what it counted and what is missing from it."""

    value: Value
    counted: list[Item]
    missing: list[Item]


def indicators() -> list[IndicatorDeclaration]:
    """Every indicator of the node, by id."""
    rows = models.Indicator.objects.order_by("id")
    return [IndicatorDeclaration.model_validate(row.declared) for row in rows]


def indicator(indicator_id: str) -> IndicatorDeclaration:
    """One indicator's definition.

    Raises:
        NoSuchIndicator: no pack declares it.
    """
    row = models.Indicator.objects.filter(id=indicator_id).first()
    if row is None:
        raise NoSuchIndicator(indicator=indicator_id)
    return IndicatorDeclaration.model_validate(row.declared)


def latest_values() -> dict[str, Value]:
    """The newest value of every indicator, by id."""
    rows = models.IndicatorValue.objects.order_by("indicator", "-day").distinct("indicator")
    return {row.indicator: value_of(row) for row in rows}


def trend(indicator_id: str, *, days: int = 30) -> list[Value]:
    """An indicator's last values, the oldest first."""
    rows = models.IndicatorValue.objects.filter(indicator=indicator_id).order_by("-day")[:days]
    return [value_of(row) for row in reversed(rows)]


def opened(indicator_id: str, *, day: date | None = None) -> Opened | None:
    """A figure with the things it counted; the newest day unless one is given."""
    rows = models.IndicatorValue.objects.filter(indicator=indicator_id).order_by("-day")
    row = (rows.filter(day=day) if day else rows).first()
    if row is None:
        return None
    return Opened(
        value=value_of(row),
        counted=[Item(**item) for item in row.counted],
        missing=[Item(**item) for item in row.missing],
    )


def value_of(row: models.IndicatorValue) -> Value:
    """A table row as the value that other rooms see."""
    return Value(
        indicator=row.indicator,
        day=row.day,
        numerator=row.numerator,
        denominator=row.denominator,
        value=row.value,
        computed_at=row.computed_at,
    )
