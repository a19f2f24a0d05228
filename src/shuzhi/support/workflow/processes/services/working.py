"""People's part (办理): a task finished, a case given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import audience, models
from shuzhi.support.workflow.errors import (
    CaseOver,
    HeldByAnother,
    IsPaused,
    ReasonMissing,
    Stale,
    TaskNotOpen,
)
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.queries import case_value
from shuzhi.support.workflow.processes.services.stepping import take
from shuzhi.support.workflow.processes.types import (
    CaseState,
    ProcessCase,
)
from shuzhi.support.workflow.processes.values import kept, restored


@transaction.atomic
def complete_task(
    *,
    task: int,
    by: Actor,
    at: datetime,
    outputs: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> ProcessCase:
    """Finish a task with what its form gave; the case goes on. Pass the case's `version` that the person saw.

    Raises:
        TaskNotOpen: it has been finished or withdrawn.
        Stale: the case has moved since.
        HeldByAnother, IsPaused: somebody else has it in hand, or its clock stands still.
        Forbidden: it is somebody else's.
    """
    require_part(by)
    row, item = storing.locked_by_task(task)
    require_hand(item, by)
    if version is not None and version != row.version:
        raise Stale(dossier=row.id, read=version, now=row.version)
    if not item.is_open:
        raise TaskNotOpen(task=task)
    given = kept(dict(outputs or {}))
    run = storing.run_of(row, at=at)
    run.complete(item.number, restored(given))
    take(
        run,
        row,
        "completed",
        item.element,
        {"number": item.number, "outputs": given},
        by=by,
        at=at,
        note=note,
        done=item.number,
    )
    return case_value(row)


def require_part(by: Actor) -> None:
    """Who takes part at all: staff, and whoever asked for a case in what is theirs to do of it."""
    policy.require("workflow.mine" if by.has(Role.RESIDENT) else "workflow.handle", by=by, office=by.office)


def require_hand(item: models.ProcessTask, by: Actor, *, let_in: bool = False) -> None:
    """Whether a task may be finished by this actor: it waits for a seat of theirs, and nobody else has it in hand.

    Whom it let in once, when they began its form, it lets finish.
    """
    seated = let_in or not set(item.pool).isdisjoint(audience.held_by(by))
    if not seated and by.name not in (item.holder, *item.helpers):
        raise Forbidden(
            actor=by.title or by.name,
            permission=item.title_en,
            permission_zh=item.title_zh,
            reason="this task belongs to others",
            reason_zh="这项任务由其他岗位办理",
            permission_id=f"workflow.task.{item.element}",
        )
    if item.holder and by.name not in (item.holder, *item.helpers):
        raise HeldByAnother(item=f"task/{item.id}", holder=item.holder)
    if item.paused:
        raise IsPaused(item=f"task/{item.id}", reason=item.paused)


@transaction.atomic
def cancel_case(*, case: int, reason: str, by: Actor, at: datetime) -> ProcessCase:
    """End a case before its time, with a reason.

    Raises:
        ReasonMissing, CaseOver: see there.
        Forbidden: only its office, the bureau and administrators may.
    """
    policy.require("workflow.handle", by=by, office=by.office)
    if not reason.strip():
        raise ReasonMissing
    row = storing.locked(case)
    if by.office != row.office and not by.has(Role.BUREAU, Role.ADMINISTRATOR, Role.SYSTEM):
        raise Forbidden(
            actor=by.title or by.name,
            permission="cancel a case",
            permission_zh="撤销办件",
            reason="it belongs to another office",
            reason_zh="属于其他部门",
            permission_id="workflow.act",
        )
    if storing.is_over(row):
        raise CaseOver(case=case)
    run = storing.run_of(row, at=at)
    run.cancel()
    row.state = CaseState.CANCELLED
    take(run, row, "cancelled", "", {}, by=by, at=at, note=reason.strip())
    return case_value(row)
