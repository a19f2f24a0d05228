"""Moving running cases to another definition (在办件迁移): first a dry run with a report, then those that can.

A dry run looks at no case: cases are counted by where they stand, and each such group is judged once. A case can move
if everything that is open in it is still there, of the same kind, in the same place, with the same events around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import NoSuchProcess
from shuzhi.support.workflow.processes import snapshots, storing
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration
from shuzhi.support.workflow.processes.declaring import models as read
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.types import CaseState
from shuzhi.support.workflow.processes.values import restored

ALIVE = (CaseState.RUNNING, CaseState.FAULTY)
Shape = tuple[str, str, tuple[str, ...]]  # kind, marker, boundary events


@dataclass(frozen=True)
class Group:
    """Cases of one definition that stand at the same place: how many, and why they can't move (nothing: they can)."""

    definition: str
    standing: tuple[str, ...]
    cases: int
    reasons: tuple[Words, ...]


@dataclass(frozen=True)
class MigrationReport:
    """What a migration does, or would do."""

    process: str
    target: str
    groups: tuple[Group, ...]
    moved: int = 0
    failed: tuple[tuple[int, Words], ...] = ()

    @property
    def can(self) -> int:
        """How many cases can move."""
        return sum(group.cases for group in self.groups if not group.reasons)

    @property
    def cannot(self) -> int:
        """How many can't."""
        return sum(group.cases for group in self.groups if group.reasons)


def plan_migration(*, process: str, target: ProcessDeclaration | None = None) -> MigrationReport:
    """The dry run: to the definition in force, or to one that is not installed yet.

    Raises:
        NoSuchProcess: there is no definition in force.
    """
    wanted = target or _in_force(process)
    new = _shapes(wanted)
    known: dict[str, dict[str, Shape]] = {}
    groups = []
    rows = _alive(process, wanted.version).values_list("definition_id", "standing")
    for definition, standing, count in rows.annotate(count=Count("id")).order_by("definition_id", "standing"):
        if definition not in known:
            declared = models.ProcessVersion.objects.values_list("declared", flat=True).get(id=definition)
            known[definition] = _shapes(ProcessDeclaration.model_validate(declared))
        reasons = tuple(_reasons(standing, known[definition], new))
        groups.append(Group(definition, tuple(standing), count, reasons))
    return MigrationReport(process, wanted.version, tuple(groups))


def migrate_cases(*, process: str, by: Actor, at: datetime) -> MigrationReport:
    """Move every case that can, each in a transaction of its own; the others stay as they are and are reported.

    Safe to repeat: what has moved is not moved again.
    """
    policy.require("workflow.install", by=by)
    report = plan_migration(process=process)
    moved, failed = 0, []
    for group in report.groups:
        if group.reasons:
            continue
        rows = _alive(process, report.target).filter(
            definition_id=group.definition, standing=list(group.standing)
        )
        for case in list(rows.order_by("id").values_list("id", flat=True)):
            try:
                moved += _move(case, report.target, group, by=by, at=at)
            except PlatformError as error:
                failed.append((case, Words(zh=error.message_zh, en=str(error))))
    return MigrationReport(process, report.target, report.groups, moved, tuple(failed))


@transaction.atomic
def _move(case: int, target: str, group: Group, *, by: Actor, at: datetime) -> bool:
    row = storing.locked(case)
    if row.definition_id != group.definition or tuple(row.standing) != group.standing:
        return False  # it has moved on since; the next run sees it where it is
    run = Run(storing.built(target), restored(row.variables), at, storing.decide, subject=row.subject)
    kept = row.snapshot
    snapshots.put_back(run, kept)
    snapshots.realign(run)
    row.definition_id = target
    row.version += 1
    retry, state, problem = row.retry_at, row.state, row.problem
    storing.write(run, row, at=at)
    if state == CaseState.FAULTY or problem:
        row.retry_at, row.state, row.problem = retry, state, problem
        row.save()
    models.ProcessStep.objects.create(
        case=row, seq=row.version, kind="migrated", payload={"from": group.definition}, definition=target,
        by=by.name, by_title=by.title, office=by.office, at=at,
    )  # fmt: skip
    audit.record("workflow.case_migrated", target=f"case/{case}", by=by, at=at, definition=target)
    return True


def _alive(process: str, target: str) -> QuerySet[models.ProcessCase]:
    rows = models.ProcessCase.objects.filter(process=process, state__in=[each.value for each in ALIVE])
    return rows.exclude(definition_id=target)


def _in_force(process: str) -> ProcessDeclaration:
    row = models.ProcessVersion.objects.filter(process=process, current=True).first()
    if row is None:
        raise NoSuchProcess(process=process)
    return ProcessDeclaration.model_validate(row.declared)


def _shapes(declared: ProcessDeclaration) -> dict[str, Shape]:
    """What each element is, by `scope/element`."""
    own, others = read(declared)
    found: dict[str, Shape] = {}
    for model in {id(each): each for each in (own, *others.values())}.values():
        for node in model.nodes.values():
            around = [
                each.id
                for each in model.inside(node.scope)
                if each.kind == "boundaryEvent" and each.attributes.get("attachedToRef") == node.id
            ]
            marker = node.many.kind if node.many else ""
            found[f"{node.scope}/{node.id}"] = (node.kind, marker, tuple(sorted(around)))
    return found


def _reasons(standing: list[str], old: dict[str, Shape], new: dict[str, Shape]) -> Iterator[Words]:
    for place in standing:
        element = place.rpartition("/")[2]
        if place.startswith("c:"):
            yield Words(
                zh=f"正在补偿（{element}），须先办完",
                en=f"it is being undone ({element}): let that end first",
            )
        elif place not in new:
            yield Words(zh=f"新流程没有 {place}", en=f"the new definition has no {place}")
        elif place in old and new[place][:2] != old[place][:2]:
            yield Words(zh=f"{place} 的类型变了", en=f"{place} is of another kind now")
        elif place in old and new[place][2] != old[place][2]:
            yield Words(zh=f"{place} 的边界事件变了", en=f"the boundary events of {place} are others now")
