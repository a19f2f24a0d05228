from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from shuzhi.business.indicators import models, queries
from shuzhi.business.indicators.measures import measured
from shuzhi.business.indicators.types import Amount, Count, Item, Value
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

PLACES = Decimal("0.000001")


def compute_all(*, by: Actor, at: datetime) -> list[Value]:
    """Compute every indicator of the node for the day of `at`."""
    return [compute(indicator=found.indicator, by=by, at=at) for found in queries.indicators()]


@transaction.atomic
def compute(*, indicator: str, by: Actor, at: datetime) -> Value:
    """Compute one indicator for the day of `at` and keep it; computing again replaces the day's value.

    Raises:
        NoSuchIndicator: no pack declares it.
        Forbidden: the actor may not compute indicators.
    """
    policy.require("indicators.compute", by=by)
    declared = queries.indicator(indicator)
    count = measured(declared, day_of(at))
    row, _ = models.IndicatorValue.objects.update_or_create(
        indicator=indicator, day=day_of(at), defaults=columns(count, at)
    )
    audit.record(
        "indicators.computed",
        target=f"indicator/{indicator}",
        by=by,
        at=at,
        numerator=row.numerator,
        denominator=row.denominator,
    )
    return queries.value_of(row)


def columns(count: Count | Amount, at: datetime) -> dict[str, Any]:
    """What is kept of a count or a sum: both numbers, their share, and every entry."""
    if isinstance(count, Amount):
        kept = columns(Count(count.items, count.items), at)
        return kept | _share(count.numerator, count.denominator)
    return {
        **_share(len(count.numerator), len(count.denominator)),
        "counted": _by_place(count.numerator),
        "missing": _by_place(count.denominator - count.numerator),
        "undecidable": _by_place(count.undecidable),
        "computed_at": at,
    }


def _share(above: int, below: int) -> dict[str, Any]:
    value = (Decimal(above) / below).quantize(PLACES) if below else None
    return {"numerator": above, "denominator": below, "value": value}


def _by_place(items: frozenset[Item]) -> list[Item]:
    """By kind and name; numbered things by their number."""
    return sorted(
        items, key=lambda item: (len(item), item) if item.startswith(("dossier/", "case/")) else (0, item)
    )
