"""A matter's guide (办事指南): what one needs in one's own situation, how long, how much, where, by which law, and the way to begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.matters.errors import ChoiceUnknown
from shuzhi.business.matters.library import queries
from shuzhi.business.matters.library.queries import Applicant
from shuzhi.business.matters.types import (
    KIND_TITLES,
    STANDING_TITLES,
    MatterDeclaration,
    NeededMaterial,
    Needs,
    Situation,
    Standing,
    Subject,
)
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.identity import queries as identity
from shuzhi.terminals.design.types import Chip, Crumbs, Fact, Said, Tone
from shuzhi.terminals.public.matters import wording
from shuzhi.terminals.public.matters.finding import MATTERS, WHY, shown

OWN = (Standing.BRING, Standing.DECLARE)
SCHEMES = {Subject.PERSON: "resident_id", Subject.FIRM: "uscc"}


@dataclass(frozen=True)
class Asked:
    """A question with the answer that was chosen."""

    situation: Situation
    chosen: str


@dataclass(frozen=True)
class Line:
    """A material as the page has it."""

    title: Words
    chip: Chip
    origin: Words | None
    note: Words | None
    certain: bool


@open_to_public(WHY)
def guide(request: HttpRequest, matter: str) -> HttpResponse:
    """One matter; the answers stand in the address."""
    declared = queries.matter(matter).declaration
    by: Actor = request.actor  # type: ignore[attr-defined]
    chosen = {each.id: request.GET[each.id] for each in declared.situations if request.GET.get(each.id)}
    applicant, at = _applicant(declared, by), now()
    try:
        needs = queries.needed_materials(declared, chosen, applicant, at=at)
    except ChoiceUnknown:  # an old address: asked anew
        chosen = {}
        needs = queries.needed_materials(declared, chosen, applicant, at=at)
    context = {
        "place_now": "matters",
        "crumbs": Crumbs(MATTERS),
        "declared": declared,
        "kind": KIND_TITLES[declared.kind],
        "facts": _facts(declared),
        "asked": [Asked(each, chosen.get(each.id, "")) for each in needs.asked],
        "still_open": bool(needs.open),
        "own": _lines(needs, own=True),
        "known": _lines(needs, own=False),
        "is_known": applicant is not None,
        "steps": list(wording.steps_said(declared)) if declared.can_begin or declared.steps else [],
        "begin": _begin(declared),
        "parts": shown(_parts(declared)),
        "within": shown(each.declaration for each in queries.journeys_with(declared.matter)),
    }
    return render(request, "public/matter.html", context)


def _begin(declared: MatterDeclaration) -> str:
    """Where it is begun: its form, or the one button that hands it in."""
    if not declared.can_begin:
        return ""
    if declared.form:
        return reverse("public:form", args=(declared.form,))
    return reverse("public:my-new-case", args=(declared.matter,))


def _applicant(declared: MatterDeclaration, by: Actor) -> Applicant | None:
    """Whoever is signed in, by the number with which they may apply."""
    if by == PUBLIC:
        return None
    proofs = identity.proofs(by.name)
    schemes = [SCHEMES[each] for each in declared.subjects]
    return next((Applicant(scheme, proofs[scheme]) for scheme in schemes if scheme in proofs), None)


def _parts(declared: MatterDeclaration) -> list[MatterDeclaration]:
    found = {each.id: each.declaration for each in queries.matters(ids=declared.journey)}
    return [found[name] for name in declared.journey if name in found]


def _lines(needs: Needs, *, own: bool) -> list[Line]:
    return [_line(each) for each in needs.materials if (each.standing in OWN) is own]


def _line(needed: NeededMaterial) -> Line:
    tone = Tone.NEUTRAL if needed.standing in OWN else Tone.SUCCESS
    material = needed.material
    chip = Chip(STANDING_TITLES[needed.standing], tone)
    return Line(material.title, chip, needed.origin, material.note, needed.certain)


def _facts(declared: MatterDeclaration) -> list[Fact]:
    offices: Mapping[str, Words] = organization.office_titles()
    named = [offices.get(each, Words(zh=each, en=each)) for each in (declared.office, *declared.with_offices)]
    office = Said("、".join(each.zh for each in named), ", ".join(each.en for each in named))
    basis = "；".join(each.title for each in declared.basis)
    return [
        Fact(Said("多久", "How long"), wording.time_said(declared)),
        Fact(Said("法定时限", "By law"), wording.statutory_said(declared)),
        Fact(Said("多少钱", "Fee"), wording.fee_said(declared)),
        Fact(Said("跑几次", "Visits"), wording.visits_said(declared)),
        Fact(Said("在哪办", "Where"), wording.channels_said(declared)),
        Fact(Said("地点", "Place"), declared.place),
        Fact(Said("办理部门", "Office"), office),
        Fact(Said("依据", "Legal basis"), Said(basis, basis)),
    ]


def _begin(declared: MatterDeclaration) -> str:
    """Where one begins: its form, or where it has none the page that says what is fetched."""
    if not declared.can_begin:
        return ""
    return f"/forms/{declared.form}/" if declared.form else f"/my/cases/new/{declared.matter}/"
