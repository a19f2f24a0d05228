"""JSON end points of the library: find matters by everyday words, read one, ask what one takes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from shuzhi.business.matters.library import queries
from shuzhi.business.matters.library.searching import find_matters
from shuzhi.business.matters.types import MatterDeclaration, NeededMaterial, Standing, Subject
from shuzhi.business.matters.zones import Zone
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.guard import open_to_public

router = Router(tags=["matters"])
WHY = "what can be done, and what it takes, is no secret"
MOST = 50


class MatterOut(Schema):
    """A matter in a list; `phrase` is what it was found by, `score` how well it fits."""

    matter: str
    title: Words
    summary: Words
    office: str
    kind: str
    subjects: list[str]
    zones: list[str]
    journey: list[str]
    can_begin: bool
    score: float | None = None
    phrase: str = ""


class Asked(Schema):
    """What somebody says, a theme, for whom; without words all matters that fit, by id."""

    q: str = ""
    zone: Zone | None = None
    subject: Subject | None = None
    page: int = Field(1, ge=1, le=10_000)


class NeededMaterialOut(Schema):
    """A needed material: where it stands (`held`, `known`, `bring`, `declare`), and whether that is certain yet."""

    id: str
    title: Words
    standing: Standing
    origin: Words | None
    certain: bool


class NeedsOut(Schema):
    """The questions to ask, those still open, and what is needed."""

    asked: list[str]
    open: list[str]
    materials: list[NeededMaterialOut]


@router.get("", response=list[MatterOut])
@open_to_public(WHY)
def matters(request: HttpRequest, asked: Query[Asked]) -> list[MatterOut]:
    """Find matters by everyday words, or list them by theme; 50 a page."""
    del request
    if asked.q.strip():
        found = find_matters(asked.q[:200], zone=asked.zone, subject=asked.subject)
        return [_out(each.matter, each.score, each.phrase) for each in found]
    listed = queries.matters(zone=asked.zone, subject=asked.subject)
    start = (max(asked.page, 1) - 1) * MOST
    return [_out(each.declaration) for each in listed[start : start + MOST]]


@router.get("/{matter}", response=dict[str, Any])
@open_to_public(WHY)
def matter(request: HttpRequest, matter: str) -> dict[str, Any]:
    """One matter as it is declared, with the version that is in force."""
    del request
    found = queries.matter(matter)
    return found.declaration.model_dump(mode="json") | {"version": found.digest}


@router.get("/{matter}/needs", response=NeedsOut)
@open_to_public(WHY)
def needs(request: HttpRequest, matter: str) -> NeedsOut:
    """What the matter takes; the chosen answers are given by their situations' names, such as `?ground=home`."""
    declared = queries.matter(matter).declaration
    chosen = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    found = queries.needed_materials(declared, chosen, None, at=now())
    return NeedsOut(
        asked=[each.id for each in found.asked],
        open=[each.id for each in found.open],
        materials=[_material(each) for each in found.materials],
    )


def _out(found: MatterDeclaration, score: float | None = None, phrase: str = "") -> MatterOut:
    return MatterOut(
        matter=found.matter, title=found.title, summary=found.summary, office=found.office, kind=found.kind.value,
        subjects=[each.value for each in found.subjects], zones=[each.value for each in found.zones],
        journey=list(found.journey), can_begin=found.can_begin, score=score, phrase=phrase,
    )  # fmt: skip


def _material(found: NeededMaterial) -> NeededMaterialOut:
    return NeededMaterialOut(
        id=found.material.id,
        title=found.material.title,
        standing=found.standing,
        origin=found.origin,
        certain=found.certain,
    )
