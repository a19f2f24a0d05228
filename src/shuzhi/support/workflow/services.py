from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import audience, deadlines, models, queries
from shuzhi.support.workflow.deadlines import Deadline
from shuzhi.support.workflow.errors import (
    ActionNotAllowedHere,
    EvidenceMissing,
    HeldByAnother,
    IsPaused,
    NoSuchDossier,
    Stale,
)
from shuzhi.support.workflow.types import (
    NEED_TITLES,
    Action,
    Dossier,
    DossierClosed,
    DossierMoved,
    DossierOpened,
    DueReason,
    LoopDeclaration,
    Need,
)

# What a step writes into a dossier: all that `_move` and `_enter` set.
_MOVED = (
    "version", "state", "awaits", "is_final", "holder", "helpers", "paused", "warned", "closed_at",
    "due_on", "due_reason", "counted_on", "days_left",
    "office", "facts",
)  # fmt: skip


@transaction.atomic
def install_loop(*, declaration: LoopDeclaration, pack: str, by: Actor, at: datetime) -> str:
    """Make a definition the one that new dossiers are opened under; returns its version.

    Dossiers on their way keep the definition they began with.
    """
    policy.require("workflow.install", by=by)
    versions = models.LoopVersion.objects.select_for_update().filter(loop=declaration.loop)
    current = versions.filter(current=True).first()
    if current is not None and current.id == declaration.version:
        return current.id
    versions.filter(current=True).update(current=False)
    models.LoopVersion.objects.update_or_create(
        id=declaration.version,
        defaults={
            "loop": declaration.loop,
            "declared": declaration.as_json(),
            "pack": pack,
            "installed_at": at,
            "current": True,
        },
    )
    audit.record(
        "workflow.loop_installed",
        target=f"loop/{declaration.loop}",
        by=by,
        at=at,
        version=declaration.version,
    )
    return declaration.version


@transaction.atomic
def retire_loop(*, loop: str, by: Actor, at: datetime) -> None:
    """Open no new dossiers of a loop; those on their way end under their definition."""
    policy.require("workflow.install", by=by)
    if models.LoopVersion.objects.filter(loop=loop, current=True).update(current=False):
        audit.record("workflow.loop_retired", target=f"loop/{loop}", by=by, at=at)


@transaction.atomic
def open_dossier(
    *,
    loop: str,
    subject: str,
    title: Words,
    office: str,
    requester: str | None,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    working_days: int | None = None,
) -> Dossier:
    """Begin a loop about a subject (`dataset/x`, `interface/y`): the office handles it, its clock starts today.

    `working_days` is this dossier's own term, where it hangs on its urgency; else the loop's.

    Raises:
        NoSuchLoop: no pack declares this loop.
        Forbidden: the actor takes no part in loops.
    """
    policy.require("workflow.open", by=by, office=by.office)
    declared = queries.loop(loop)
    state = declared.state(declared.start)
    due = (
        declared.due
        if working_days is None
        else declared.due.model_copy(update={"working_days": working_days})
    )
    row = models.Dossier(
        loop=loop,
        definition_id=declared.version,
        subject=subject,
        title_zh=title.zh,
        title_en=title.en,
        office=office,
        requester=requester,
        opened_at=at,
        facts=facts or {},
    )
    _enter(row, declared, state.id, deadline=deadlines.begin(due, state, on=day_of(at)), at=at)
    prepared.add(row)
    with prepared.together():
        _note_step(row, action=None, origin=None, by=by, at=at, note="", evidence={})
        audit.record("workflow.opened", target=f"dossier/{row.id}", by=by, at=at, loop=loop, subject=subject)
        publish(DossierOpened(row.id, loop, subject, office, row.state, at, row.due_on), at=at)
    return queries.value_of(row, declared)


@transaction.atomic
def act(
    *,
    dossier: int,
    action: str,
    by: Actor,
    at: datetime,
    note: str = "",
    evidence: dict[str, Any] | None = None,
    version: int | None = None,
    to_office: str | None = None,
) -> Dossier:
    """Take one step. Pass the `version` that the person saw, so that nobody decides on what has changed since.

    An action that `hands_to` somebody gives the dossier to the office that this fact names (转办), or to `to_office`,
    which the fact then names; the history says whose it was.

    Raises:
        NoSuchDossier: there is none of this number.
        Stale: somebody else has taken a step meanwhile.
        ActionNotAllowedHere: the action does not start from the present state.
        Forbidden: the step is somebody else's.
        EvidenceMissing: the step needs a note or evidence.
    """
    policy.require("workflow.act", by=by, office=by.office)
    row = prepared.locked(models.Dossier, dossier)
    if row is None:
        raise NoSuchDossier(dossier=dossier)
    declared = queries.version(row.definition_id)
    _require_part(row, declared, action, by)
    if version is not None and version != row.version:
        raise Stale(dossier=dossier, read=version, now=row.version)
    chosen = _chosen(row, declared, action)
    _require_seat(row, chosen, by)
    _require_hand(row, by)
    _require_needs(chosen, note=note, evidence=evidence or {})
    evidence = (evidence or {}) | _handed(row, chosen, to_office)
    _move(row, declared, chosen, by=by, at=at, note=note.strip(), evidence=evidence or {})
    return queries.value_of(row, declared)


@transaction.atomic
def date_undated(*, by: Actor, at: datetime) -> int:
    """Name the due days of dossiers whose year has been published since; returns how many got one.

    Closed ones too: whether they were in time could not be said until now.
    """
    policy.require("workflow.install", by=by)
    waiting = models.Dossier.objects.select_for_update().filter(due_reason=DueReason.NOT_PUBLISHED.value)
    dated = 0
    for row in waiting.order_by("id")[:5000]:
        settled = deadlines.settle(queries.deadline_of(row))
        if settled.due_on is not None:
            _set_deadline(row, settled)
            row.save(update_fields=["due_on", "due_reason", "counted_on", "days_left"])
            audit.record("workflow.dated", target=f"dossier/{row.id}", by=by, at=at, due_on=settled.due_on)
            dated += 1
    return dated


def _chosen(row: models.Dossier, declared: LoopDeclaration, action: str) -> Action:
    possible = declared.actions_from(row.state)
    for candidate in possible:
        if candidate.id == action:
            return candidate
    title = declared.state(row.state).title
    raise ActionNotAllowedHere(
        dossier=row.id,
        action=action,
        state=title.en,
        state_zh=title.zh,
        possible=", ".join(candidate.title.en for candidate in possible) or "nothing",
        possible_zh="、".join(candidate.title.zh for candidate in possible) or "无",
    )


def _require_part(row: models.Dossier, declared: LoopDeclaration, action: str, by: Actor) -> None:
    """Who has no part in a dossier is refused first, and not told how far it has moved."""
    if queries.is_side(row.office, row.requester, actor=by):
        return
    if any(
        audience.may(each, office=row.office, requester=row.requester, by=by) for each in declared.actions
    ):
        return
    for wanted in declared.actions:
        if wanted.id == action:
            _require_seat(row, wanted, by)
    raise queries.between_others(row.id, actor=by)


def _require_seat(row: models.Dossier, action: Action, by: Actor) -> None:
    if audience.may(action, office=row.office, requester=row.requester, by=by):
        return
    side_zh, side = audience.described(action, office=row.office, requester=row.requester)
    raise Forbidden(
        actor=by.title or by.name,
        permission=action.title.en,
        permission_zh=action.title.zh,
        reason=f"this step belongs to {side}",
        reason_zh=f"这一步由{side_zh}办理",
        permission_id=f"workflow.{row.loop}.{action.id}",
    )


def _require_hand(row: models.Dossier, by: Actor) -> None:
    """Nobody takes a step on what somebody else has in hand, or on what stands still; the platform may."""
    if by.has(Role.SYSTEM):
        return
    if row.holder and by.name not in (row.holder, *row.helpers):
        raise HeldByAnother(item=f"dossier/{row.id}", holder=row.holder)
    if row.paused:
        raise IsPaused(item=f"dossier/{row.id}", reason=row.paused)


def _require_needs(action: Action, *, note: str, evidence: dict[str, Any]) -> None:
    given = {Need.NOTE: bool(note.strip()), Need.EVIDENCE: bool(evidence)}
    missing = [NEED_TITLES[need] for need in action.needs if not given[need]]
    if missing:
        raise EvidenceMissing(
            action=action.title.en,
            action_zh=action.title.zh,
            missing=" and ".join(words.en for words in missing),
            missing_zh="、".join(words.zh for words in missing),
        )


def _handed(row: models.Dossier, action: Action, to_office: str | None) -> dict[str, str]:
    """Give a dossier to another office where the action does so; what the history keeps of it."""
    if not action.hands_to:
        return {}
    office = to_office or row.facts.get(action.hands_to) or row.office
    row.facts = {**row.facts, action.hands_to: office}
    before, row.office = row.office, office
    return {} if before == office else {"from_office": before, "to_office": office}


@prepared.together()
def _move(
    row: models.Dossier,
    declared: LoopDeclaration,
    action: Action,
    *,
    by: Actor,
    at: datetime,
    note: str,
    evidence: dict[str, Any],
) -> None:
    origin, state = row.state, declared.state(action.to)
    deadline = deadlines.carry(queries.deadline_of(row), state, on=day_of(at))
    row.version += 1
    _enter(row, declared, state.id, deadline=deadline, at=at)
    prepared.change(row, *_MOVED)
    _note_step(row, action=action.id, origin=origin, by=by, at=at, note=note, evidence=evidence)
    audit.record(
        "workflow.acted",
        target=f"dossier/{row.id}",
        by=by,
        at=at,
        loop=row.loop,
        step=action.id,
        state=row.state,
    )
    publish(DossierMoved(row.id, row.loop, row.subject, action.id, row.state, at, row.due_on), at=at)
    if state.final:
        publish(DossierClosed(row.id, row.loop, row.subject, action.id, row.state, at), at=at)


def _enter(
    row: models.Dossier, declared: LoopDeclaration, state: str, *, deadline: Deadline, at: datetime
) -> None:
    row.state = state
    row.awaits = audience.awaited(declared, state, office=row.office, requester=row.requester)
    row.is_final = declared.state(state).final
    row.holder, row.helpers, row.paused, row.warned = (
        None,
        [],
        "",
        0,
    )  # the next step is for whoever may take it
    row.closed_at = at if row.is_final else None
    _set_deadline(row, deadline)


def _set_deadline(row: models.Dossier, deadline: Deadline) -> None:
    row.due_on, row.due_reason = deadline.due_on, deadline.reason.value
    row.counted_on, row.days_left = deadline.counted_on, deadline.days_left


def _note_step(
    row: models.Dossier,
    *,
    action: str | None,
    origin: str | None,
    by: Actor,
    at: datetime,
    note: str,
    evidence: dict[str, Any],
) -> None:
    step = models.Step(
        dossier_id=row.id,
        seq=row.version,
        action=action,
        origin=origin,
        state=row.state,
        by=by.name,
        by_title=by.title,
        office=by.office,
        at=at,
        note=note,
        evidence=evidence,
    )
    prepared.note(step)
