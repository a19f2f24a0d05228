"""What scenarios do with the library: look a matter up, find matters by everyday words, ask what one takes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.matters.library import queries
from shuzhi.business.matters.library.searching import find_matters
from shuzhi.business.matters.types import NeededMaterial, Subject
from shuzhi.business.matters.zones import Zone
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OfMatter(_Says):
    """A matter."""

    matter: str


class Finding(_Says):
    """What somebody says, perhaps within a theme."""

    text: str
    zone: Zone | None = None
    subject: Subject | None = None
    most: int = 3


class Asking(OfMatter):
    """The answers so far, and whose situation it is: `resident_id/…` or `uscc/…`."""

    chosen: dict[str, str] = Field(default_factory=dict)
    applicant: str = ""


def look(said: OfMatter, stage: Stage) -> dict[str, Any]:
    """A matter as it is in force."""
    del stage
    found = queries.matter(said.matter).declaration
    return {
        "matter": found.matter, "title": found.title.zh, "office": found.office, "can_begin": found.can_begin,
        "days": found.time.promised_days, "minutes": found.time.promised_minutes, "visits": found.visits,
        "fee": found.fee.amount, "situations": [each.id for each in found.situations],
        "journey": list(found.journey), "zones": [each.value for each in found.zones],
    }  # fmt: skip


def find(said: Finding, stage: Stage) -> list[str]:
    """The matters that fit best."""
    del stage
    return [
        each.matter.matter
        for each in find_matters(said.text, zone=said.zone, subject=said.subject, most=said.most)
    ]


def ask(said: Asking, stage: Stage) -> dict[str, Any]:
    """What a matter takes in somebody's situation."""
    applicant = queries.Applicant.of(said.applicant) if said.applicant else None
    matter = queries.matter(said.matter).declaration
    needs = queries.needed_materials(matter, said.chosen, applicant, at=stage.at)
    return {
        "asked": [each.id for each in needs.asked],
        "open": [each.id for each in needs.open],
        "materials": [_told(each) for each in needs.materials],
        "to_bring": [each.material.id for each in needs.to_bring],
    }


def _told(needed: NeededMaterial) -> dict[str, Any]:
    return {
        "id": needed.material.id,
        "standing": needed.standing.value,
        "source": needed.origin.zh if needed.origin else "",
        "certain": needed.certain,
    }


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


MATTER = {"matter": "matters"}
VERBS = (
    Verb("matter", _words("查看事项", "look at a matter"), OfMatter, look, looks=True, names=MATTER),
    Verb("find matters", _words("按日常说法找事项", "find matters by everyday words"), Finding, find, looks=True),
    Verb("needed materials", _words("查询所需材料", "ask what a matter takes"), Asking, ask, looks=True, names=MATTER),
)  # fmt: skip
