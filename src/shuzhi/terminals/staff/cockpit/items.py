"""What an indicator counts, as rows with a name and, for those who may read it, a way to the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.urls import reverse

from shuzhi.business.indicators.types import Item
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Entry
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.ratings import queries as ratings
from shuzhi.support.ratings.subjects import titled
from shuzhi.support.ratings.types import SCORE_TITLES, Rating
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.errors import NoSuchCase
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.support.workflow.processes.types import STATE_TITLES
from shuzhi.support.workflow.types import Dossier
from shuzhi.terminals.design.types import Cell, Row, Said
from shuzhi.terminals.staff.shell import Titles, name_of, said

OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR)


def rows(items: Sequence[Item], *, actor: Actor) -> list[Row]:
    """A row an item, in their order; a few statements, whatever their number."""
    entries = _entries(items)
    dossiers = _dossiers(items)
    scores = _scores(items)
    offices = organization.office_titles()
    reads_catalog = policy.allows("catalog.read", by=actor, office=actor.office)
    makers: Mapping[str, Callable[[str], Row]] = {
        "dataset": lambda name: _dataset(name, entries, offices, linked=reads_catalog),
        "case": lambda name: _case(name, offices, actor),
        "dossier": lambda name: _dossier(name, dossiers, offices, actor),
        "rating": lambda name: _rating(name, scores, offices),
    }
    return [makers[kind](name) for kind, _, name in (item.partition("/") for item in items)]


def _entries(items: Sequence[Item]) -> dict[str, Entry]:
    names = {item.removeprefix("dataset/").partition("#")[0] for item in items if item.startswith("dataset/")}
    return {entry.id: entry for entry in catalog.entries(ids=names)} if names else {}


def _dossiers(items: Sequence[Item]) -> dict[int, Dossier]:
    numbers = [int(item.removeprefix("dossier/")) for item in items if item.startswith("dossier/")]
    found = workflow.dossiers(ids=numbers, size=len(numbers)) if numbers else []
    return {dossier.id: dossier for dossier in found}


def _scores(items: Sequence[Item]) -> dict[int, Rating]:
    numbers = [int(item.removeprefix("rating/")) for item in items if item.startswith("rating/")]
    return {one.id: one for one in ratings.ratings(ids=numbers, size=len(numbers))} if numbers else {}


def _rating(name: str, found: Mapping[int, Rating], offices: Titles) -> Row:
    """What was said in words is read in the list of ratings, by right."""
    one = found.get(int(name))
    if one is None:
        return Row({"name": Said(f"评价 {name}", f"Rating {name}"), "office": None})
    under = said(titled(one.subject))
    return Row(
        {"name": Cell(said(SCORE_TITLES[one.score]), "", under), "office": name_of(offices, one.office)}
    )


def _dataset(name: str, entries: Mapping[str, Entry], offices: Titles, *, linked: bool) -> Row:
    dataset, _, field = name.partition("#")
    entry = entries.get(dataset)
    title = said(entry.title) if entry else Said(dataset, dataset)
    if entry and field:
        named = next(
            (said(each.name) for each in entry.schema_.fields if each.id == field), Said(field, field)
        )
        title = Said(f"{title.zh}：{named.zh}", f"{title.en}: {named.en}")
    url = reverse("staff:dataset", args=[dataset]) if entry and linked else ""
    return Row({"name": Cell(title, url, name), "office": name_of(offices, entry.owner if entry else None)})


def _case(name: str, offices: Titles, actor: Actor) -> Row:
    try:
        case = processes.case(int(name))
    except NoSuchCase:
        return Row({"name": Said(f"办件 {name}", f"Case {name}"), "office": None})
    readable = actor.has(*OVERSEERS) or actor.office == case.office
    url = reverse("staff:case", args=[case.id]) if readable else ""
    state = STATE_TITLES[case.state]
    under = Said(f"办件 {name} · {state.zh}", f"Case {name} · {state.en}")
    return Row({"name": Cell(said(case.title), url, under), "office": name_of(offices, case.office)})


def _dossier(name: str, dossiers: Mapping[int, Dossier], offices: Titles, actor: Actor) -> Row:
    dossier = dossiers.get(int(name))
    if dossier is None:
        return Row({"name": Said(f"案卷 {name}", f"Dossier {name}"), "office": None})
    readable = actor.has(*OVERSEERS) or actor.office in (dossier.office, dossier.requester)
    url = reverse("staff:dossier", args=[dossier.id]) if readable else ""
    under = Said(f"案卷 {name} · {dossier.state_title.zh}", f"Dossier {name} · {dossier.state_title.en}")
    return Row({"name": Cell(said(dossier.title), url, under), "office": name_of(offices, dossier.office)})
