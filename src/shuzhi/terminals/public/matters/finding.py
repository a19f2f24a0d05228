"""Finding matters: by what one would say, by theme, for people or firms; and the journeys (一件事)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.business.matters import zones
from shuzhi.business.matters.library import queries
from shuzhi.business.matters.library.searching import find_matters
from shuzhi.business.matters.types import MatterDeclaration, Subject
from shuzhi.business.matters.zones import Zone
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Link, Said
from shuzhi.terminals.public.matters.wording import fee_said, time_said

HOME = (Link(Said("首页", "Home"), "/"),)
MATTERS = (*HOME, Link(Said("我要办", "Get it done"), "/matters/"))
WHY = "what can be done, and what it takes, is no secret"
Named = TypeVar("Named", Zone, Subject)
FEW = 12
FAR = 0.3  # what fits less than this share of the best is not shown
EXAMPLES = (
    Said("生孩子了要办什么", "having a baby"),
    Said("身份证丢了", "lost my ID card"),
    Said("社保断了咋补", "social insurance"),
    Said("公司换地址", "change of a firm"),
)


@dataclass(frozen=True)
class Shown:
    """A matter in a list."""

    declared: MatterDeclaration
    office: Words
    time: Said
    fee: Said | Words

    @property
    def url(self) -> str:
        """Its guide."""
        return f"/matters/{self.declared.matter}/"


@open_to_public(WHY)
def find(request: HttpRequest) -> HttpResponse:
    """What somebody says they want, or a theme; without either, all themes."""
    said = request.GET.get("q", "").strip()[:200]
    zone = _one_of(Zone, request.GET.get("zone", ""))
    subject = _one_of(Subject, request.GET.get("subject", ""))
    found = _found(said, zone, subject)
    context = {
        "place_now": "matters",
        "crumbs": Crumbs(HOME),
        "said": said,
        "zone": zone,
        "zone_title": zones.TITLES[zone] if zone else None,
        "subject": subject,
        "found": shown(found),
        "asks": bool(said or zone),
        "examples": EXAMPLES,
        "doors": () if said or zone else _doors(subject),
        "journeys": () if said or zone else shown(queries_of_journeys(subject))[:FEW],
    }
    return render(request, "public/matters.html", context)


@open_to_public(WHY)
def journeys(request: HttpRequest) -> HttpResponse:
    """Every journey with the matters it does in one."""
    titles = {each.id: each.declaration.title for each in queries.matters()}
    listed = [
        (one, [titles[name] for name in one.declared.journey if name in titles])
        for one in shown(queries_of_journeys(None))
    ]
    context = {"place_now": "matters", "crumbs": Crumbs(MATTERS), "journeys": listed}
    return render(request, "public/journeys.html", context)


def shown(found: Iterable[MatterDeclaration]) -> list[Shown]:
    """Matters as lists have them."""
    offices = organization.office_titles()
    return [
        Shown(
            each,
            offices.get(each.office, Words(zh=each.office, en=each.office)),
            time_said(each),
            fee_said(each),
        )
        for each in found
    ]


def queries_of_journeys(subject: Subject | None) -> list[MatterDeclaration]:
    """The journeys for whom they are asked."""
    return [each.declaration for each in queries.matters(journeys=True, subject=subject)]


def _found(said: str, zone: Zone | None, subject: Subject | None) -> list[MatterDeclaration]:
    if said:
        hits = find_matters(said, zone=zone, subject=subject, most=FEW)
        return [each.matter for each in hits if each.score >= FAR * hits[0].score]
    if zone is not None:
        listed = [each.declaration for each in queries.matters(zone=zone, subject=subject)]
        return sorted(listed, key=lambda each: (not each.is_journey, each.title.zh))
    return []


def _doors(subject: Subject | None) -> list[tuple[str, list[tuple[Words, str, int]]]]:
    """The themes of people and of firms, each with how many matters it has."""
    counts = Counter(zone for each in queries.matters(subject=subject) for zone in each.declaration.zones)
    people = [each for each in Zone if each not in zones.FIRMS]
    firms = [each for each in Zone if each in zones.FIRMS]
    kept = f"&subject={subject.value}" if subject else ""
    asked: Sequence[tuple[str, list[Zone]]] = (("person", people), ("firm", firms))
    return [
        (name, [(zones.TITLES[each], f"/matters/?zone={each.value}{kept}", counts[each]) for each in listed if counts[each]])
        for name, listed in asked
        if subject is None or name == subject.value
    ]  # fmt: skip


def _one_of(kind: type[Named], text: str) -> Named | None:
    return next((each for each in kind if each.value == text), None)
