from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import audience, deadlines, models, waiting
from shuzhi.support.workflow.deadlines import Deadline
from shuzhi.support.workflow.errors import NoSuchDossier, NoSuchLoop
from shuzhi.support.workflow.types import (
    Dossier,
    DueReason,
    InboxLoad,
    InboxRow,
    Light,
    LoopDeclaration,
    Offer,
    Pressing,
    Step,
    Who,
    WorkRow,
)

MOST_ROWS = 200
OPENING = Words(zh="发起", en="Opened")
_OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR, Role.SYSTEM)

_parsed: dict[str, LoopDeclaration] = {}


def inbox(*, actor: Actor, today: date, at: datetime, most: int = MOST_ROWS, page: int = 1) -> list[InboxRow]:
    """The dossiers that wait for this actor, the most urgent first; one SQL statement, whatever their number.

    `at` keeps out what was opened after the moment the reader asks about, so that a replay shows the past's inbox.
    """
    skip, held = (page - 1) * most, audience.held_by(actor)
    near = waiting.first("dossier", seats=held, at=at, skip=skip, most=most)
    rows = models.Dossier.objects.filter(id__in=near).order_by(F("due_on").asc(nulls_last=True), "id")
    return [_inbox_row(row, actor, today) for row in rows]


def inbox_load(*, actor: Actor, today: date, at: datetime) -> InboxLoad:
    """How many dossiers wait for this actor, and how many of them are late or due today; one statement."""
    return waiting.load("dossier", seats=audience.held_by(actor), today=today, at=at)


def work(*, actor: Actor, today: date, at: datetime, most: int = MOST_ROWS, page: int = 1) -> list[WorkRow]:
    """The one inbox: dossiers of loops and tasks of processes together, the most urgent first; two statements.

    Both are read up to the page's end and merged: a page far back costs more than the first.
    """
    upto = most * page
    near = waiting.first("task", seats=audience.held_by(actor), at=at, skip=0, most=upto)
    tasks = models.ProcessTask.objects.filter(id__in=near).order_by(F("due_on").asc(nulls_last=True), "id")
    tasks = tasks.select_related("case").defer("case__snapshot", "case__variables", "inputs")
    loops = [_work_of_loop(row) for row in inbox(actor=actor, today=today, at=at, most=upto)]
    processes = [_work_of_process(row, today) for row in tasks]
    merged = heapq.merge(loops, processes, key=lambda row: (row.due_on is None, row.due_on or today))
    return list(merged)[upto - most : upto]


def work_load(*, actor: Actor, today: date, at: datetime) -> InboxLoad:
    """How much waits for this actor in the one inbox; two statements."""
    loops = inbox_load(actor=actor, today=today, at=at)
    tasks = waiting.load("task", seats=audience.held_by(actor), today=today, at=at)
    return InboxLoad(loops.all + tasks.all, loops.late + tasks.late, loops.today + tasks.today)


def _work_of_loop(row: InboxRow) -> WorkRow:
    found = row.dossier
    return WorkRow(
        item=f"dossier/{found.id}",
        number=found.id,
        title=found.title,
        under=Words(zh=f"{found.loop_title.zh} · 第 {found.id} 号", en=f"{found.loop_title.en} · {found.id}"),
        state=found.state_title,
        office=found.office,
        asker=found.requester or found.office,
        holder=row.holder,
        paused=row.paused,
        due_on=found.due_on,
        days_left=row.days_left,
        light=row.light,
        next=row.offers[0].title if row.offers else None,
    )


def _work_of_process(row: models.ProcessTask, today: date) -> WorkRow:
    days_left, light = deadlines.light(row.due_on, amber=row.amber, today=today)
    case, title = row.case, Words(zh=row.title_zh, en=row.title_en)
    return WorkRow(
        item=f"task/{row.id}",
        number=case.id,
        title=Words(zh=case.title_zh, en=case.title_en),
        under=Words(zh=f"办件 {case.id}", en=f"Case {case.id}"),
        state=title,
        office=row.office,
        asker=case.requester or case.office,
        holder=row.holder,
        paused=row.paused,
        due_on=row.due_on,
        days_left=days_left,
        light=light,
        next=title,
    )


def pressing(*, actor: Actor, day: date, most: int = MOST_ROWS) -> list[Pressing]:
    """Dossiers open on a day whose light was amber or red then, the latest first, of those the actor may read.

    One statement. What is looked at is the deadline as it stands today: a clock that stopped since is not put back.
    """
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    rows = _rows().filter(Q(closed_at=None) | Q(closed_at__gte=end), opened_at__lt=end, due_on__isnull=False)
    if not actor.has(*_OVERSEERS):
        sides = [side for side in (actor.office, actor.name) if side]
        rows = rows.filter(Q(office__in=sides) | Q(requester__in=sides))
    found = [_pressing(row, day) for row in rows.order_by("due_on", "id")[:most]]
    return [each for each in found if each.light in (Light.AMBER, Light.RED)]


def is_waiting_for(number: int, *, actor: Actor) -> bool:
    """Whether an open dossier waits for this actor now."""
    rows = models.Dossier.objects.filter(id=number, is_final=False)
    return rows.filter(awaits__overlap=audience.held_by(actor)).exists()


def hand_of(number: int) -> tuple[str | None, str]:
    """Who has a dossier in hand, and why its clock stands still, if it does."""
    return models.Dossier.objects.values_list("holder", "paused").get(id=number)


def inbox_size(*, actor: Actor) -> int:
    """How many dossiers wait for this actor."""
    mine = models.Dossier.objects.filter(is_final=False, awaits__overlap=audience.held_by(actor))
    return mine.count()


def dossier(number: int) -> Dossier:
    """One dossier.

    Raises:
        NoSuchDossier: there is none of this number.
    """
    row = _row(number)
    return value_of(row, version(row.definition_id))


def readable_dossier(number: int, *, actor: Actor) -> Dossier:
    """One dossier, if the actor takes part in it; the bureau, leaders and administrators oversee all.

    Raises:
        NoSuchDossier: there is none of this number.
        Forbidden: it is between other offices.
    """
    found = dossier(number)
    if is_side(found.office, found.requester, actor=actor):
        return found
    raise between_others(number, actor=actor)


def oversees(actor: Actor) -> bool:
    """Whether all dossiers and cases are the actor's business."""
    return actor.has(*_OVERSEERS)


def is_side(office: str, requester: str | None, *, actor: Actor) -> bool:
    """Whether a dossier of this office and requester is the actor's business."""
    return actor.has(*_OVERSEERS) or not {office, requester}.isdisjoint({actor.office, actor.name} - {None})


def between_others(number: int, *, actor: Actor) -> Forbidden:
    """The refusal to whom a dossier is no business of; it says nothing of the dossier, not even whose it is."""
    return Forbidden(
        actor=actor.title or actor.name,
        permission=f"read dossier {number}",
        permission_zh=f"查看案卷 {number}",
        reason="it belongs to another office",
        reason_zh="属于其他部门",
        permission_id="workflow.read",
    )


def history(dossier: int) -> list[Step]:
    """A dossier's steps in their order, its opening first."""
    steps = models.Step.objects.filter(dossier_id=dossier).select_related("dossier").order_by("seq")
    return [_step(row, version(row.dossier.definition_id)) for row in steps]


def dossiers(
    *,
    ids: Iterable[int] | None = None,
    loop: str | None = None,
    subject: str | None = None,
    office: str | None = None,
    requester: str | None = None,
    states: Iterable[str] | None = None,
    open_only: bool = False,
    due_before: date | None = None,
    page: int = 1,
    size: int = MOST_ROWS,
) -> list[Dossier]:
    """Dossiers that fit every condition given, the newest first, a page at a time."""
    wanted: dict[str, Any] = {"loop": loop, "subject": subject, "office": office, "requester": requester}
    rows = _rows().filter(**{name: value for name, value in wanted.items() if value is not None})
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    if states is not None:
        rows = rows.filter(state__in=list(states))
    if open_only:
        rows = rows.filter(is_final=False)
    if due_before is not None:
        rows = rows.filter(due_on__lt=due_before)
    first = (page - 1) * size
    return [value_of(row, version(row.definition_id)) for row in rows.order_by("-id")[first : first + size]]


def has_dossiers(*, loop: str, subject: str) -> bool:
    """Whether anything of this loop was ever opened about a subject; for pages that many look at."""
    return bool(
        prepared.run(
            "SELECT 1 FROM workflow_dossier WHERE subject = %s AND loop = %s LIMIT 1", [subject, loop]
        )
    )


def count_open(*, loop: str) -> int:
    """How many dossiers of a loop are on their way."""
    return models.Dossier.objects.filter(loop=loop, is_final=False).count()


def timeliness(*, loop: str, day: date) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Of a loop's dossiers by the end of a day: those closed in time, those closed or late, those without a due day."""
    rows = models.Dossier.objects.filter(loop=loop, opened_at__lt=_end_of(day))
    in_time, counted, undecidable = set(), set(), set()
    for number, due_on, reason, closed_at in rows.values_list("id", "due_on", "due_reason", "closed_at"):
        closed_on = day_of(closed_at) if closed_at is not None and day_of(closed_at) <= day else None
        if due_on is None and reason == DueReason.STOPPED:
            # Its clock stood still when it was closed, and it was not late by then: what is late keeps its day.
            counted |= {number} if closed_on is not None else set()
            in_time |= {number} if closed_on is not None else set()
        elif due_on is None:
            undecidable |= {number} if closed_on is not None else set()
        elif closed_on is not None or due_on < day:
            counted.add(number)
            in_time |= {number} if closed_on is not None and closed_on <= due_on else set()
    return frozenset(in_time), frozenset(counted), frozenset(undecidable)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)


def offers(*, dossier: int, actor: Actor) -> tuple[Offer, ...]:
    """What this actor may do with a dossier now.

    Raises:
        NoSuchDossier: there is none of this number.
    """
    row = _row(dossier)
    return _offers(row, version(row.definition_id), actor)


def loop(loop: str) -> LoopDeclaration:
    """The definition that new dossiers of a loop are opened under; a page draws its states and actions from it.

    Raises:
        NoSuchLoop: no pack declares this loop.
    """
    found = prepared.run("SELECT id FROM workflow_loopversion WHERE loop = %s AND current", [loop])
    if not found:
        raise NoSuchLoop(loop=loop)
    return version(found[0][0])


def loops() -> list[LoopDeclaration]:
    """The current definition of every loop, by id."""
    return [
        version(each)
        for each in models.LoopVersion.objects.filter(current=True)
        .order_by("loop")
        .values_list("id", flat=True)
    ]


def version(version: str) -> LoopDeclaration:
    """A definition by its hash; read and parsed once a process, since a hash never changes."""
    found = _parsed.get(version)
    if found is None:
        declared = models.LoopVersion.objects.values_list("declared", flat=True).get(id=version)
        found = _parsed[version] = LoopDeclaration.model_validate(declared)
    return found


def value_of(row: models.Dossier, declared: LoopDeclaration) -> Dossier:
    """A table row as the value that other rooms see."""
    return Dossier(
        id=row.id,
        loop=row.loop,
        loop_version=declared.version,
        loop_title=declared.title,
        subject=row.subject,
        title=Words(zh=row.title_zh, en=row.title_en),
        office=row.office,
        requester=row.requester,
        state=row.state,
        state_title=declared.state(row.state).title,
        opened_at=row.opened_at,
        due_on=row.due_on,
        due_reason=DueReason(row.due_reason),
        closed_at=row.closed_at,
        facts=row.facts,
        version=row.version,
    )


def deadline_of(row: models.Dossier) -> Deadline:
    """A row's clock."""
    return Deadline(
        counted_on=row.counted_on,
        days_left=row.days_left,
        due_on=row.due_on,
        reason=DueReason(row.due_reason),
    )


def _rows() -> QuerySet[models.Dossier]:
    return models.Dossier.objects.all()


def _row(number: int) -> models.Dossier:
    row: models.Dossier | None = _rows().filter(id=number).first()
    if row is None:
        raise NoSuchDossier(dossier=number)
    return row


def _inbox_row(row: models.Dossier, actor: Actor, today: date) -> InboxRow:
    declared = version(row.definition_id)
    days_left, light = deadlines.light(row.due_on, amber=declared.due.amber, today=today)
    return InboxRow(
        dossier=value_of(row, declared),
        offers=_offers(row, declared, actor),
        days_left=days_left,
        light=light,
        holder=row.holder,
        paused=row.paused,
    )


def _pressing(row: models.Dossier, day: date) -> Pressing:
    declared = version(row.definition_id)
    days_left, light = deadlines.light(row.due_on, amber=declared.due.amber, today=day)
    awaited = [action.by.who for action in declared.actions_from(row.state) if not action.optional]
    return Pressing(
        dossier=value_of(row, declared),
        days_left=days_left,
        light=light,
        waits_for=awaited[0] if awaited else Who.OFFICE,
    )


def _offers(row: models.Dossier, declared: LoopDeclaration, actor: Actor) -> tuple[Offer, ...]:
    return tuple(
        Offer(id=action.id, title=action.title, needs=action.needs)
        for action in declared.actions_from(row.state)
        if audience.may(action, office=row.office, requester=row.requester, by=actor)
    )


def _step(row: models.Step, declared: LoopDeclaration) -> Step:
    return Step(
        seq=row.seq,
        action=row.action,
        title=declared.action(row.action).title if row.action else OPENING,
        origin=row.origin,
        state=row.state,
        state_title=declared.state(row.state).title,
        by=row.by,
        by_title=row.by_title,
        office=row.office,
        at=row.at,
        note=row.note,
        evidence=row.evidence,
    )
