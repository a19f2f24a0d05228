from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from shuzhi.business.indicators import models
from shuzhi.business.indicators.errors import NoSuchIndicator
from shuzhi.business.indicators.types import IndicatorDeclaration, Item, Value

MONTH = 30
MOST_DAYS = 3660
WITHOUT_ITEMS = ("counted", "missing", "undecidable")


@dataclass(frozen=True)
class Opened:
    """A figure, opened: what it counted, what is missing from it, and of what neither can be said."""

    value: Value
    counted: Sequence[Item]
    missing: Sequence[Item]
    undecidable: Sequence[Item] = ()


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


def latest_values(*, day: date | None = None) -> dict[str, Value]:
    """The newest value of every indicator, by id; as of a day, if one is given."""
    rows = _until(day).order_by("indicator", "-day").distinct("indicator")
    return {row.indicator: value_of(row) for row in rows}


def trends(*, day: date | None = None, days: int = MONTH) -> dict[str, list[Value]]:
    """Every indicator's last values until a day, the oldest first; one statement for all of them."""
    place = Window(RowNumber(), partition_by="indicator", order_by=F("day").desc())
    rows = _until(day).annotate(place=place).filter(place__lte=days).order_by("indicator", "day")
    found: dict[str, list[Value]] = {}
    for row in rows:
        found.setdefault(row.indicator, []).append(value_of(row))
    return found


def trend(indicator_id: str, *, day: date | None = None, days: int = MONTH) -> list[Value]:
    """An indicator's last values until a day, the oldest first."""
    rows = _until(day).filter(indicator=indicator_id).order_by("-day")[: min(days, MOST_DAYS)]
    return [value_of(row) for row in reversed(rows)]


def kept_days(*, most: int = MONTH) -> list[date]:
    """The last days on which values were computed, the oldest first: what a replay can show."""
    days = models.IndicatorValue.objects.order_by("-day").values_list("day", flat=True).distinct()
    return list(reversed(days[:most]))


def opened(indicator_id: str, *, day: date | None = None) -> Opened | None:
    """A figure with the things it counted, as of a day; None where nothing was computed by then."""
    rows = models.IndicatorValue.objects.filter(indicator=indicator_id).order_by("-day")
    row = (rows.filter(day__lte=day) if day else rows).first()
    if row is None:
        return None
    return Opened(value=value_of(row), counted=row.counted, missing=row.missing, undecidable=row.undecidable)


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


def _until(day: date | None) -> QuerySet[models.IndicatorValue]:
    rows = models.IndicatorValue.objects.defer(*WITHOUT_ITEMS)
    return rows.filter(day__lte=day) if day else rows
