from __future__ import annotations

from datetime import date

from shuzhi.pillars.policy import models
from shuzhi.pillars.policy.types import LawDeclaration


def laws(*, on: date | None = None) -> list[LawDeclaration]:
    """Every law the node knows, the newest first; with a day, those in force on it."""
    rows = models.Law.objects.order_by("-since", "id")
    found = [LawDeclaration.model_validate(row.declared) for row in rows]
    return [law for law in found if on is None or law.holds_on(on)]
