"""What a build changes: golden records as they are now against golden records as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shuzhi.data.registers import models
from shuzhi.data.registers.golden import Golden
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.data.sources import queries as sources
from shuzhi.pillars.standards.sorting import sort_key

LONGEST_LABEL = 400
SORTED_BY = 40  # characters of the label that decide its place


@dataclass
class Changes:
    """What a build is about to write."""

    created: list[models.Entity] = field(default_factory=list)
    changed: list[models.Entity] = field(default_factory=list)
    before: list[models.EntityVersion] = field(default_factory=list)
    retired: list[models.Entity] = field(default_factory=list)
    revived: set[str] = field(default_factory=set)  # of those changed, who had been retired


def compare(declared: RegisterDeclaration, golden: Mapping[str, Golden], *, at: datetime) -> Changes:
    """Find the entities that are new, say something else, or have no record any more."""
    changes = Changes()
    batches = {record.batch for one in golden.values() for record in one.chosen_from.values()}
    collected = sources.collected_times(batches)
    stored = {row.id: row for row in models.Entity.objects.filter(register=declared.id)}
    for entity, one in golden.items():
        row = stored.pop(entity, None)
        if row is None:
            row = models.Entity(id=entity, register=declared.id)
            changes.created.append(row)
        elif _says_the_same(row, one, declared.label):
            continue
        else:
            changes.before.append(_version(row, at))
            changes.changed.append(row)
            if row.retired_at is not None:
                changes.revived.add(entity)
        _fill(row, one, declared.label, _provenance(one, collected), at=at)
    for row in stored.values():
        if row.retired_at is None:
            row.retired_at = at
            changes.retired.append(row)
    return changes


def _says_the_same(row: models.Entity, one: Golden, label: str) -> bool:
    """A later batch that says the same is no change: the value keeps the row that first said it.

    Another data set is: provenance must never name one that no longer says it.
    """
    said_by = {name: origin["dataset"] for name, origin in row.provenance.items()}
    return (
        row.retired_at is None
        and row.golden == one.values
        and row.label == _label(one, label)
        and said_by == {name: record.dataset for name, record in one.chosen_from.items()}
    )


def _version(row: models.Entity, at: datetime) -> models.EntityVersion:
    return models.EntityVersion(entity_id=row.id, golden=row.golden, provenance=row.provenance, until=at)


def _fill(row: models.Entity, one: Golden, label: str, provenance: dict[str, Any], *, at: datetime) -> None:
    row.golden, row.provenance = one.values, provenance
    row.label = _label(one, label)
    row.label_sort = sort_key(row.label[:SORTED_BY])
    row.updated_at, row.retired_at = at, None


def _provenance(one: Golden, collected: Mapping[str, datetime | None]) -> dict[str, Any]:
    return {
        name: {
            "dataset": origin.dataset,
            "batch": origin.batch,
            "row": origin.row,
            "at": _iso(collected.get(origin.batch)),
        }
        for name, origin in one.chosen_from.items()
    }


def _label(one: Golden, field_id: str) -> str:
    return (one.values.get(field_id) or "")[:LONGEST_LABEL]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
