"""What scenarios look at of indicators: a figure on the scenario's day."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.business.indicators import services
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system


class OfIndicator(BaseModel):
    """An indicator."""

    model_config = ConfigDict(extra="forbid")

    indicator: str


def compute(said: OfIndicator, stage: Stage) -> dict[str, Any]:
    """The figure of the day: numerator, denominator and their share."""
    found = services.compute(indicator=said.indicator, by=system("scenario"), at=stage.at)
    return {"numerator": found.numerator, "denominator": found.denominator, "value": found.value}


VERBS = (
    Verb(
        "indicator",
        Words(zh="计算指标", en="compute an indicator"),
        OfIndicator,
        compute,
        looks=True,
        names={"indicator": "indicators"},
    ),
)
