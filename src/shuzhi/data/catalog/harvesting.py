"""Harvesting (目录汇聚): another node's catalog, collected as rows, becomes entries beside our own.

How its columns map to entries is declared in a pack (`harvests/*.yaml`); what the words of the other catalog
mean here (themes, opening, licences, formats) is declared there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.catalog import models, services
from shuzhi.data.catalog.types import SLUG, Access, DataSetDeclaration, Status, Update
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

_PARTS = re.compile(r"[、,，;；/|\s]+")
_NO_SLUG = re.compile(r"[^a-z0-9]+")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Declared):
    """The collected data set's fields that hold what an entry says."""

    id: str
    title: str
    summary: str | None = None
    publisher: str | None = None
    licence: str | None = None
    theme: str | None = None
    formats: str | None = None
    opening: str | None = None
    tags: tuple[str, ...] = ()


class HarvestDeclaration(_Declared):
    """How one harvested catalog is read: `harvests/<id>.yaml`."""

    harvest: str = Field(pattern=SLUG)
    dataset: str = Field(pattern=SLUG)
    node: str = Field(pattern=SLUG)
    title: Words
    source: Words
    tier: Tier
    update: Update
    columns: Columns
    themes: dict[str, str] = {}
    theme: str = Field(pattern=SLUG)
    openings: dict[str, Access] = {}
    opening: Access
    licences: dict[str, str] = {}
    formats: dict[str, str] = {}


class HarvestReport(_Declared):
    """What came of a harvest: entries by what happened to them, and rows that could not be read."""

    harvest: str
    entries: int
    changed: int
    withdrawn: int
    unreadable: int


def harvest_entries(
    *, declaration: HarvestDeclaration, rows: Iterable[Mapping[str, Any]], by: Actor, at: datetime
) -> HarvestReport:
    """Make the entries of another node's catalog the same as its collected rows say, published as harvested.

    Entries that are no longer among the rows are withdrawn. Harvesting the same rows again changes nothing.

    Raises:
        Forbidden: only the bureau harvests, for it publishes what it has not made.
    """
    policy.require("catalog.publish", by=by, office=declaration.node)
    named, unreadable = _named(declaration, rows)
    with transaction.atomic():
        changed = sum(_harvest_one(declaration, name, row, by=by, at=at) for name, row in named.items())
        withdrawn = _withdraw_others(declaration, set(named), by=by, at=at)
        report = HarvestReport(
            harvest=declaration.harvest,
            entries=len(named),
            changed=changed,
            withdrawn=withdrawn,
            unreadable=unreadable,
        )
        if changed or withdrawn:
            target = f"harvest/{declaration.harvest}"
            audit.record("catalog.harvested", target=target, by=by, at=at, **report.model_dump())
    return report


def entry_id(declaration: HarvestDeclaration, row: Mapping[str, Any]) -> str | None:
    """The entry's id: the node, then what the other catalog calls it; None if the row names nothing."""
    own, title = _text(row, declaration.columns.id), _text(row, declaration.columns.title)
    slug = _NO_SLUG.sub("-", own.lower()).strip("-")
    return f"{declaration.node}-{slug}"[:150] if slug and title else None


def entry_declaration(
    declaration: HarvestDeclaration, name: str, row: Mapping[str, Any]
) -> DataSetDeclaration:
    """A row as the declaration of a data set without fields: the data stay where they are."""
    columns = declaration.columns
    title, summary = _text(row, columns.title), _text(row, columns.summary)
    licence = _text(row, columns.licence)
    return DataSetDeclaration(
        dataset=name,
        title=_in_chinese(title),
        summary=_in_chinese(summary) if summary else None,
        owner=declaration.node,
        tier=declaration.tier,
        theme=_first(_parts(row, columns.theme), declaration.themes, declaration.theme),
        update=declaration.update,
        sharing=Access.NONE,
        opening=_first(_parts(row, columns.opening), declaration.openings, declaration.opening),
        licence=declaration.licences.get(licence, licence) or None,
        source_note=declaration.source,
        fields=(),
        tags=tuple(dict.fromkeys(tag for column in columns.tags for tag in _parts(row, column))),
    )


def _in_chinese(text: str) -> Words:
    """A text of the other catalog: nobody has translated it, and the same words twice would pass for a translation."""
    return Words(zh=text, en="")


def formats_of(declaration: HarvestDeclaration, row: Mapping[str, Any]) -> list[str]:
    """The formats, in small letters, each once; one that the pack says is none is left out."""
    said = [part.lower() for part in _parts(row, declaration.columns.formats)]
    named = [declaration.formats.get(part, part) for part in said]
    return sorted({part[:20] for part in named if part and part != "none"})


def _named(
    declaration: HarvestDeclaration, rows: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, Mapping[str, Any]], int]:
    named: dict[str, Mapping[str, Any]] = {}
    unreadable = 0
    for row in rows:
        name = entry_id(declaration, row)
        if name is None:
            unreadable += 1
        else:
            named[name] = row
    return named, unreadable


def _harvest_one(
    declaration: HarvestDeclaration, name: str, row: Mapping[str, Any], *, by: Actor, at: datetime
) -> bool:
    declared = entry_declaration(declaration, name, row)
    known = models.Entry.objects.filter(id=name).first()
    facts = {
        "publisher": _text(row, declaration.columns.publisher)[:300] or None,
        "formats": formats_of(declaration, row),
    }
    if known is not None and facts == _facts(known) and _says(known, declared):
        return False
    services.propose_entry(declaration=declared, by=by, at=at, node=declaration.node)
    services.publish_entry(dataset=name, by=by, at=at)
    models.Entry.objects.filter(id=name).update(**facts)
    services.record_lineage(
        origin=f"dataset/{declaration.dataset}", target=f"dataset/{name}", kind="harvested", at=at
    )
    return True


def _says(entry: models.Entry, declared: DataSetDeclaration) -> bool:
    return entry.status == Status.PUBLISHED.value and entry.declared == declared.model_dump(mode="json")


def _facts(entry: models.Entry) -> dict[str, object]:
    return {"publisher": entry.publisher, "formats": list(entry.formats)}


def _withdraw_others(declaration: HarvestDeclaration, names: set[str], *, by: Actor, at: datetime) -> int:
    gone = models.Entry.objects.filter(node=declaration.node, owner=declaration.node)
    gone = gone.exclude(status=Status.WITHDRAWN.value).exclude(id__in=names).order_by("id")
    found = list(gone.values_list("id", flat=True))
    for name in found:
        services.withdraw_entry(dataset=name, by=by, at=at, reason=declaration.harvest)
    return len(found)


def _text(row: Mapping[str, Any], column: str | None) -> str:
    value = row.get(column) if column else None
    return "" if value is None else str(value).strip()


def _parts(row: Mapping[str, Any], column: str | None) -> list[str]:
    return [part for part in _PARTS.split(_text(row, column)) if part]


def _first(parts: list[str], known: Mapping[str, Any], otherwise: Any) -> Any:
    return next((known[part] for part in parts if part in known), otherwise)
