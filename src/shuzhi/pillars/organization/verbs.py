"""What scenarios look at in the organisation: a division on a day, and what became of an old code."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries
from shuzhi.pillars.organization.divisions.tree import shipped_tree


class OfDivision(BaseModel):
    """A division's code on a day, by default the scenario's."""

    model_config = ConfigDict(extra="forbid")

    code: str
    on: date | None = None


class OfOffice(BaseModel):
    """An office."""

    model_config = ConfigDict(extra="forbid")

    office: str


def division(said: OfDivision, stage: Stage) -> dict[str, Any]:
    """Its name on that day, and the codes that its ground has today."""
    tree, day = shipped_tree(), said.on or day_of(stage.at)
    found = tree.as_of(said.code, day)
    return {
        "name": found.name if found else None,
        "path": tree.full_name(said.code, day) if found else None,
        "now": tree.current_codes(said.code, day_of(stage.at), written_on=day),
    }


def office(said: OfOffice, stage: Stage) -> dict[str, Any] | None:
    """An office as it is installed; nothing where there is none."""
    del stage
    found = queries.office(said.office)
    if found is None:
        return None
    return {"id": found.id, "title": found.title.zh, "division": found.division, "tier": found.tier}


VERBS = (
    Verb("division", Words(zh="查询区划", en="look a division up"), OfDivision, division, looks=True),
    Verb(
        "office",
        Words(zh="查询部门", en="look an office up"),
        OfOffice,
        office,
        looks=True,
        names={"office": "offices"},
    ),
)
