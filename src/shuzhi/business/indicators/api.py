"""JSON end points of indicators (指标): values, what they counted, and their history."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from shuzhi.business.indicators import queries
from shuzhi.business.indicators.types import IndicatorDeclaration, Value
from shuzhi.foundation.paging import PageNumber
from shuzhi.pillars.security.guard import requires

router = Router(tags=["indicators"])

PAGE = 100
Days = Annotated[int, Field(ge=1, le=queries.MOST_DAYS)]


@router.get("", response=list[dict[str, Any]])
@requires("indicators.read")
def read_indicators(request: HttpRequest, day: date | None = None) -> list[dict[str, Any]]:
    """Every indicator with its value as of a day, today's unless one is given."""
    del request
    values = queries.latest_values(day=day)
    return [_indicator(found, values.get(found.indicator)) for found in queries.indicators()]


@router.get("/{indicator}", response=dict[str, Any])
@requires("indicators.read")
def read_indicator(
    request: HttpRequest,
    indicator: str,
    day: date | None = None,
    items: Literal["counted", "missing", "undecidable"] = "missing",
    page: PageNumber = 1,
) -> dict[str, Any]:
    """One indicator, its value, and a page of what it counted, misses or cannot decide."""
    del request
    declared = queries.indicator(indicator)
    found = queries.opened(indicator, day=day)
    lists = {
        "counted": found.counted if found else (),
        "missing": found.missing if found else (),
        "undecidable": found.undecidable if found else (),
    }
    listed = lists[items]
    return _indicator(declared, found.value if found else None) | {
        "items": list(listed[(page - 1) * PAGE : page * PAGE]),
        "items_total": len(listed),
        "page": page,
    }


@router.get("/{indicator}/history", response=list[dict[str, Any]])
@requires("indicators.read")
def read_history(request: HttpRequest, indicator: str, days: Days = queries.MONTH) -> list[dict[str, Any]]:
    """An indicator's last values, the oldest first."""
    del request
    queries.indicator(indicator)
    return [value.as_dict() for value in queries.trend(indicator, days=days)]


def _indicator(declared: IndicatorDeclaration, value: Value | None) -> dict[str, Any]:
    return {
        "id": declared.indicator,
        "title": declared.title.model_dump(),
        "definition": declared.definition.model_dump(),
        "target": float(declared.target) if declared.target is not None else None,
        "target_year": declared.target_year,
        **(value.as_dict() if value else dict.fromkeys(("numerator", "denominator", "value", "day"))),
    }
