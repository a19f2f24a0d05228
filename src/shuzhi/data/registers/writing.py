"""Writing what a build found: entities with their versions, identifiers, members and conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models as tables

from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.linkage.types import Resolution
from shuzhi.data.registers import models
from shuzhi.data.registers.changes import Changes
from shuzhi.data.registers.golden import Golden
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.foundation.database.bulk import copy_rows

CHUNK = 2000
LONGEST_IDENTIFIER = 200
ENTITY = ("id", "register", "label", "label_sort", "golden", "provenance", "updated_at", "retired_at")
VERSION = ("entity_id", "golden", "provenance", "until")
IDENTIFIER = ("register", "scheme", "value", "entity_id")
MEMBER = ("register", "record", "entity_id")
CONFLICT = ("register", "entity_id", "field", "chosen", "values")

Row = tuple[object, ...]


def write(
    declared: RegisterDeclaration, changes: Changes, resolution: Resolution, golden: Mapping[str, Golden]
) -> None:
    """Write all of it in the running transaction; what has not changed is left alone."""
    copy_rows(models.EntityVersion, VERSION, _rows(changes.before, VERSION))
    copy_rows(models.Entity, ENTITY, _rows(changes.created, ENTITY))
    models.Entity.objects.bulk_update(changes.changed, ENTITY[2:], batch_size=CHUNK)
    models.Entity.objects.bulk_update(changes.retired, ["retired_at"], batch_size=CHUNK)
    _replace(
        models.Identifier.objects.filter(register=declared.id),
        IDENTIFIER,
        set(_identifiers(declared, golden)),
    )
    members: set[Row] = {
        (declared.id, record.id, entity) for entity, found in resolution.entities.items() for record in found
    }
    _replace(models.Member.objects.filter(register=declared.id), MEMBER, members)
    models.Conflict.objects.filter(register=declared.id).delete()
    copy_rows(models.Conflict, CONFLICT, _conflicts(declared, golden, resolution))


def known_members(register: str) -> dict[str, str]:
    """Which entity each source record belonged to at the last build."""
    rows = models.Member.objects.filter(register=register).values_list("record", "entity_id")
    return dict(rows.iterator(chunk_size=20_000))


def _rows(found: Iterable[tables.Model], columns: tuple[str, ...]) -> Iterator[Row]:
    return (tuple(getattr(row, name) for name in columns) for row in found)


def _replace(rows: tables.QuerySet[Any], columns: tuple[str, ...], wanted: set[Row]) -> None:
    """Make these rows exactly the wanted ones; those that are right already stay."""
    stored = {tuple(row): key for key, *row in rows.values_list("pk", *columns)}
    gone = [key for row, key in stored.items() if row not in wanted]
    rows.filter(pk__in=gone).delete()
    copy_rows(rows.model, columns, sorted(wanted - stored.keys(), key=str))


def _identifiers(declared: RegisterDeclaration, golden: Mapping[str, Golden]) -> Iterator[Row]:
    schemes = [found for found in declared.fields if found.identifier]
    for entity, one in golden.items():
        for scheme in schemes:
            value = comparable(one.values.get(scheme.id), scheme.compare)
            # A longer text names nothing, and would not fit the index.
            if value and len(value) <= LONGEST_IDENTIFIER:
                yield declared.id, scheme.id, value, entity


def _conflicts(
    declared: RegisterDeclaration, golden: Mapping[str, Golden], resolution: Resolution
) -> Iterator[Row]:
    for entity, one in golden.items():
        for name, values in one.differing.items():
            yield declared.id, entity, name, one.values[name] or "", values
        for name, reason in one.missing.items():
            yield declared.id, entity, name, "", reason.model_dump()
    entity_of = {record.id: entity for entity, members in resolution.entities.items() for record in members}
    for ambiguity in resolution.ambiguities:
        candidates = {"candidates": list(ambiguity.identifiers)}
        yield declared.id, entity_of[ambiguity.record], "+".join(ambiguity.rule), "", candidates
