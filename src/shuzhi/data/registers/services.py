from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from time import perf_counter
from typing import Any

from django.db import transaction

from shuzhi.data.catalog import services as catalog
from shuzhi.data.linkage.resolution import comparable, resolve
from shuzhi.data.linkage.types import Record, Resolution
from shuzhi.data.registers import models, queries, tallies
from shuzhi.data.registers.gathering import gather
from shuzhi.data.registers.golden import Golden, golden_record
from shuzhi.data.registers.types import BuildReport, RegisterDeclaration
from shuzhi.data.sources import queries as sources
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database.bulk import copy_rows
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards.sorting import sort_key

CHUNK = 2000
ENTITY_COLUMNS = (
    "id", "register", "label", "label_sort", "golden", "provenance", "updated_at", "retired_at",
)  # fmt: skip


@dataclass
class _Changes:
    """What a build is about to write."""

    created: list[models.Entity] = attribute(default_factory=list)
    changed: list[models.Entity] = attribute(default_factory=list)
    before: list[models.EntityVersion] = attribute(default_factory=list)
    retired: list[models.Entity] = attribute(default_factory=list)


@transaction.atomic
def build_register(*, register: str, by: Actor, at: datetime) -> BuildReport:
    """Bring a register up to its sources: match, choose golden values, write what changed.

    Ids stay from build to build. What a record said before is kept as a version. A build that finds
    nothing new writes nothing but its report.

    Raises:
        NoSuchRegister: no pack declares it.
        Forbidden: only the bureau builds registers.
    """
    started = perf_counter()
    row = models.Register.objects.select_for_update().filter(id=register).first()
    declared = queries.declaration(register)
    policy.require("registers.build", by=by, office=declared.owner)
    records = gather(declared, today=day_of(at))
    resolution = resolve(
        register=register, records=records, rules=declared.match, known=_known_members(register)
    )
    precedence = {field.id: declared.precedence(field) for field in declared.fields}
    golden = {
        entity: golden_record(declared.fields, precedence, members)
        for entity, members in resolution.entities.items()
    }
    changes = _compare(declared, golden, at=at)
    _write(declared, changes, resolution, golden)
    tallies.keep(declared, golden, day=day_of(at))
    report = _report(declared, records, resolution, golden, changes, perf_counter() - started)
    assert row is not None
    row.built_at, row.report = at, report.as_dict()
    row.save(update_fields=["built_at", "report"])
    for source in report.per_source:
        catalog.record_lineage(
            origin=f"dataset/{source}", target=f"register/{register}", kind="merged", at=at
        )
    audit.record(
        "registers.built",
        target=f"register/{register}",
        by=by,
        at=at,
        entities=report.entities,
        created=report.created,
        changed=report.changed,
        conflicts=report.conflicts,
    )
    return report


def _known_members(register: str) -> dict[str, str]:
    rows = models.Member.objects.filter(register=register).values_list("record", "entity_id")
    return dict(rows.iterator(chunk_size=20_000))


def _compare(declared: RegisterDeclaration, golden: Mapping[str, Golden], *, at: datetime) -> _Changes:
    changes = _Changes()
    collected = sources.collected_times(
        {record.batch for one in golden.values() for record in one.chosen_from.values()}
    )
    stored = {row.id: row for row in models.Entity.objects.filter(register=declared.id)}
    for entity, record in golden.items():
        provenance = {
            name: {
                "dataset": origin.dataset,
                "batch": origin.batch,
                "row": origin.row,
                "at": _iso(collected.get(origin.batch)),
            }
            for name, origin in record.chosen_from.items()
        }
        _place(declared, changes, stored.pop(entity, None), entity, record, provenance, at=at)
    for row in stored.values():
        if row.retired_at is None:
            row.retired_at = at
            changes.retired.append(row)
    return changes


def _place(
    declared: RegisterDeclaration,
    changes: _Changes,
    row: models.Entity | None,
    entity: str,
    golden: Golden,
    provenance: dict[str, Any],
    *,
    at: datetime,
) -> None:
    if row is None:
        row = models.Entity(id=entity, register=declared.id)
        changes.created.append(row)
    elif row.golden == golden.values and row.retired_at is None:
        # A new batch that says the same is no change; the value keeps its first source.
        return
    else:
        changes.before.append(
            models.EntityVersion(entity_id=entity, golden=row.golden, provenance=row.provenance, until=at)
        )
        changes.changed.append(row)
    row.golden, row.provenance = golden.values, provenance
    row.label = (golden.values.get(declared.label) or "")[:400]
    row.label_sort = sort_key(row.label[:40])
    row.updated_at, row.retired_at = at, None


def _write(
    declared: RegisterDeclaration,
    changes: _Changes,
    resolution: Resolution,
    golden: Mapping[str, Golden],
) -> None:
    copy_rows(
        models.EntityVersion,
        ("entity_id", "golden", "provenance", "until"),
        ((row.entity_id, row.golden, row.provenance, row.until) for row in changes.before),
    )
    copy_rows(
        models.Entity,
        ENTITY_COLUMNS,
        (tuple(getattr(row, name) for name in ENTITY_COLUMNS) for row in changes.created),
    )
    columns = ["golden", "provenance", "label", "label_sort", "updated_at", "retired_at"]
    models.Entity.objects.bulk_update(changes.changed, columns, batch_size=CHUNK)
    models.Entity.objects.bulk_update(changes.retired, ["retired_at"], batch_size=CHUNK)
    _replace_identifiers(declared, changes, golden)
    _replace_members(declared, resolution)
    _replace_conflicts(declared, golden, resolution)


def _replace_identifiers(
    declared: RegisterDeclaration, changes: _Changes, golden: Mapping[str, Golden]
) -> None:
    schemes = [found for found in declared.fields if found.identifier]
    old = [row.id for row in (*changes.changed, *changes.retired)]
    models.Identifier.objects.filter(register=declared.id, entity__in=old).delete()
    copy_rows(
        models.Identifier,
        ("register", "scheme", "value", "entity_id"),
        (
            (declared.id, scheme.id, value, row.id)
            for row in (*changes.created, *changes.changed)
            for scheme in schemes
            if (value := comparable(golden[row.id].values.get(scheme.id), scheme.compare))
        ),
    )


def _replace_members(declared: RegisterDeclaration, resolution: Resolution) -> None:
    before = _known_members(declared.id)
    now = {record.id: entity for entity, members in resolution.entities.items() for record in members}
    gone = [record for record, entity in before.items() if now.get(record) != entity]
    models.Member.objects.filter(register=declared.id, record__in=gone).delete()
    copy_rows(
        models.Member,
        ("register", "record", "entity_id"),
        ((declared.id, record, entity) for record, entity in now.items() if before.get(record) != entity),
    )


def _replace_conflicts(
    declared: RegisterDeclaration, golden: Mapping[str, Golden], resolution: Resolution
) -> None:
    models.Conflict.objects.filter(register=declared.id).delete()
    copy_rows(
        models.Conflict,
        ("register", "entity_id", "field", "chosen", "values"),
        _conflicts(declared, golden, resolution),
    )


def _conflicts(
    declared: RegisterDeclaration, golden: Mapping[str, Golden], resolution: Resolution
) -> Iterator[tuple[object, ...]]:
    for entity, record in golden.items():
        for name, values in record.differing.items():
            yield declared.id, entity, name, record.values[name] or "", values
        for name, reason in record.missing.items():
            yield declared.id, entity, name, "", reason.model_dump()
    entity_of = {record.id: entity for entity, members in resolution.entities.items() for record in members}
    for ambiguity in resolution.ambiguities:
        candidates = {"candidates": list(ambiguity.identifiers)}
        yield declared.id, entity_of[ambiguity.record], "+".join(ambiguity.rule), "", candidates


def _report(
    declared: RegisterDeclaration,
    records: list[Record],
    resolution: Resolution,
    golden: Mapping[str, Golden],
    changes: _Changes,
    seconds: float,
) -> BuildReport:
    per_source = dict.fromkeys((source.dataset for source in declared.sources), 0)
    for record in records:
        per_source[record.dataset] += 1
    return BuildReport(
        register=declared.id,
        entities=len(golden),
        records=len(records),
        matched=sum(len(members) for members in resolution.entities.values() if len(members) > 1),
        created=len(changes.created),
        changed=len(changes.changed),
        retired=len(changes.retired),
        conflicts=sum(len(record.differing) for record in golden.values()),
        ambiguous=len(resolution.ambiguities),
        per_source={name: count for name, count in per_source.items() if count},
        seconds=round(seconds, 3),
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
