from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import perf_counter

from django.db import transaction

from shuzhi.data.catalog import services as catalog
from shuzhi.data.linkage.resolution import resolve
from shuzhi.data.linkage.types import Record, Resolution
from shuzhi.data.registers import feed, models, tallies
from shuzhi.data.registers.changes import Changes, compare
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.freshness import fingerprint
from shuzhi.data.registers.gathering import gather, gather_former
from shuzhi.data.registers.golden import Golden, golden_record
from shuzhi.data.registers.types import BuildReport, RegisterChanged, RegisterDeclaration
from shuzhi.data.registers.writing import known_members, write
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def build_register(*, register: str, by: Actor, at: datetime) -> BuildReport:
    """Bring a register up to its sources: match, choose golden values, write what changed.

    Ids stay from build to build. What a record said before is kept as a version. Where nothing that the
    register depends on has changed since the last build, nothing is read and nothing written.

    Raises:
        NoSuchRegister: no pack declares it.
        Forbidden: only the bureau builds registers.
    """
    started = perf_counter()
    row = models.Register.objects.select_for_update().filter(id=register).first()
    if row is None:
        raise NoSuchRegister(register=register)
    declared = RegisterDeclaration.model_validate(row.declared)
    policy.require("registers.build", by=by, office=declared.owner)
    # Taken before reading: a batch that comes in meanwhile makes the next build look again.
    seen = fingerprint(declared, today=day_of(at))
    if row.report is not None and row.fingerprint == seen:
        return BuildReport.unchanged(row.report, seconds=perf_counter() - started)
    report = _build(declared, at=at, started=started, followed=row.followed)
    row.built_at, row.report, row.fingerprint = at, report.as_dict(), seen
    row.save(update_fields=["built_at", "report", "fingerprint"])
    _record(report, by=by, at=at)
    return report


def _build(
    declared: RegisterDeclaration, *, at: datetime, started: float, followed: bool = False
) -> BuildReport:
    records = gather(declared, today=day_of(at))
    resolution = resolve(
        register=declared.id,
        records=records,
        rules=declared.match,
        known=known_members(declared.id),
        former=gather_former(declared, today=day_of(at)),
    )
    precedence = {field.id: declared.precedence(field) for field in declared.fields}
    golden = {
        entity: golden_record(declared.fields, precedence, members)
        for entity, members in resolution.entities.items()
    }
    changes = compare(declared, golden, at=at)
    write(declared, changes, resolution, golden)
    if followed and (noted := feed.note_changes(declared.id, changes, at=at)):
        outbox.publish(RegisterChanged(declared.id, noted), at=at)
    tallies.keep(declared, golden, day=day_of(at))
    report = _report(declared, records, resolution, golden, changes)
    return replace(report, seconds=round(perf_counter() - started, 3))


def _record(report: BuildReport, *, by: Actor, at: datetime) -> None:
    target = f"register/{report.register}"
    for source in report.per_source:
        catalog.record_lineage(origin=f"dataset/{source}", target=target, kind="merged", at=at)
    figures = {
        name: getattr(report, name) for name in ("entities", "created", "changed", "retired", "conflicts")
    }
    audit.record("registers.built", target=target, by=by, at=at, **figures)


def _report(
    declared: RegisterDeclaration,
    records: Sequence[Record],
    resolution: Resolution,
    golden: Mapping[str, Golden],
    changes: Changes,
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
        underived=sum(len(record.missing) for record in golden.values()),
        ambiguous=len(resolution.ambiguities),
        per_source={name: count for name, count in per_source.items() if count},
        seconds=0.0,
    )
