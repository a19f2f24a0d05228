"""Having something of the inbox in hand (经办): claim, hand on, give back, call in, remind, stop and start the clock.

One set of services for both executors: an item is `dossier/7` (a loop) or `task/9` (of a process). What is done here
takes no step of the loop or process; it changes whom the item waits for and how its clock runs, and is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import audience, deadlines, models, queries
from shuzhi.support.workflow.deadlines import Deadline
from shuzhi.support.workflow.errors import (
    HeldByAnother,
    IsPaused,
    NoSuchColleague,
    NoSuchDossier,
    NotInHand,
    ReasonMissing,
    TaskNotOpen,
)
from shuzhi.support.workflow.types import DueReason, Light, State

OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR)
_RUNS = State(id="runs", title=Words(zh="办理中", en="Runs"))
_STOPS = State(id="stops", title=Words(zh="暂停", en="Stops"), stops_clock=True)


@dataclass(frozen=True)
class HandledLine:
    """One line of what was done about an item beside its steps."""

    what: str
    to: str
    note: str
    by: str
    by_title: str
    at: datetime


@dataclass(frozen=True)
class DeadlineNear:
    """An item's light has turned amber or red, or red for another day; `told` are the roles called in."""

    item: str
    office: str
    light: str
    told: tuple[str, ...]
    at: datetime


def claim(*, item: str, by: Actor, at: datetime) -> None:
    """Take an item into one's own hands (认领): it leaves everybody else's inbox.

    Raises:
        Forbidden: it does not wait for a seat of the actor's.
        HeldByAnother: somebody was faster.
    """
    with _opened(item, by) as opened:
        row, pool = opened
        if row.holder and row.holder != by.name:
            raise HeldByAnother(item=item, holder=row.holder)
        if row.holder is None and pool.isdisjoint(audience.held_by(by)):
            raise _not_yours(item, by)
        _give(row, by.name, pool)
        _note(item, "claim", by=by, at=at)


def delegate(*, item: str, to: str, by: Actor, at: datetime, note: str = "") -> None:
    """Hand an item on to a colleague who may do it (转办), by account.

    Raises:
        NotInHand: it is not the actor's to give.
        NoSuchColleague: no such account, or its posts can't do it.
    """
    with _opened(item, by) as (row, pool):
        _require_hand(item, row, pool, by)
        _give(row, _colleague(item, to, pool), pool)
        _note(item, "delegate", to=to, note=note, by=by, at=at)


def give_back(*, item: str, by: Actor, at: datetime, note: str = "") -> None:
    """Give an item back to all who may do it (退回)."""
    with _opened(item, by) as (row, pool):
        if row.holder != by.name and not by.has(*OVERSEERS):
            raise NotInHand(item=item)
        _give(row, None, pool)
        _note(item, "return", note=note, by=by, at=at)


def call_in(*, item: str, to: str, by: Actor, at: datetime, note: str = "") -> None:
    """Have a colleague help (协办): both have it in their inbox, each may finish it."""
    with _opened(item, by) as (row, pool):
        _require_hand(item, row, pool, by)
        name = _colleague(item, to, pool)
        if row.holder is None:
            row.holder = by.name
        row.helpers = sorted({*row.helpers, name} - {row.holder})
        _seat(row, pool)
        _note(item, "co-handle", to=to, note=note, by=by, at=at)


def remind(*, item: str, by: Actor, at: datetime, note: str = "") -> None:
    """Remind whoever has an item (催办): the bureau, leaders, and the sides of the case may."""
    policy.require("workflow.read", by=by)
    with transaction.atomic():
        row = _row(item)
        sides = {
            row.office,
            getattr(row, "requester", None) or getattr(getattr(row, "case", None), "requester", None),
        }
        if not by.has(*OVERSEERS) and not {by.office, by.name} & sides:
            raise _not_yours(item, by)
        _note(item, "remind", to=row.holder or row.office, note=note, by=by, at=at)
        publish(DeadlineNear(item, row.office, "reminded", (), at), at=at)


def pause(*, item: str, reason: str, by: Actor, at: datetime) -> None:
    """Stop an item's clock with a reason (暂停计时); nobody can finish it until it runs again.

    Raises:
        ReasonMissing: there is none.
        IsPaused: it stands still already.
    """
    if not reason.strip():
        raise ReasonMissing
    with _opened(item, by) as (row, pool):
        _require_hand(item, row, pool, by)
        if row.paused:
            raise IsPaused(item=item, reason=row.paused)
        row.paused = reason.strip()[:300]
        _tick(row, _STOPS, at)
        row.save()
        _note(item, "pause", note=row.paused, by=by, at=at)


def resume(*, item: str, by: Actor, at: datetime) -> None:
    """Let an item's clock run again (恢复计时): the days that were left are left still."""
    with _opened(item, by) as (row, pool):
        _require_hand(item, row, pool, by)
        row.paused = ""
        _tick(row, _RUNS, at)
        row.save()
        _note(item, "resume", by=by, at=at)


def handled(item: str) -> list[HandledLine]:
    """What was done about an item beside its steps, the first first."""
    rows = models.Handled.objects.filter(item=item).order_by("id")
    return [HandledLine(r.what, r.to, r.note, r.by, r.by_title, r.at) for r in rows]


def warn(*, by: Actor, at: datetime, today: date, most: int = 2000) -> int:
    """Say which lights turned amber or red, and call in the next of the escalation chain for each late day (升级).

    Returns how many items were warned about. Safe to repeat: an item is warned about once a light, once a late day.
    """
    policy.require("workflow.install", by=by)
    near = today + timedelta(days=60)
    count = 0
    for kind, model in (("task", models.ProcessTask), ("dossier", models.Dossier)):
        alive = {"is_open": True} if kind == "task" else {"is_final": False}
        rows = model.objects.filter(**alive, due_on__lte=near, paused="", due_reason="running").order_by(
            "due_on", "id"
        )
        for number in rows.values_list("id", flat=True)[:most]:
            count += _warn_one(f"{kind}/{number}", by=by, at=at, today=today)
    return count


@transaction.atomic
def _warn_one(item: str, *, by: Actor, at: datetime, today: date) -> bool:
    row = _row(item)
    is_task = isinstance(row, models.ProcessTask)
    due = None if is_task else queries.version(row.definition_id).due
    amber = row.amber if due is None else due.amber
    days, light = deadlines.light(row.due_on, amber=amber, today=today)
    level = _level(days, light)
    if level <= row.warned:
        return False
    chain = list(row.escalate) if due is None else list(due.escalate)
    told = tuple(chain[: max(level - 1, 0)])
    row.warned = level
    if told:
        row.awaits = sorted({*row.awaits, *(seat for each in told for seat in _called_in(each, row.office))})
        if is_task:
            row.pool = sorted({*row.pool, *row.awaits})
    row.save()
    _note(item, light.value, to="、".join(told), note=str(days), by=by, at=at)
    publish(DeadlineNear(item, row.office, light.value, told, at), at=at)
    return True


def _called_in(link: str, office: str) -> set[str]:
    """The seats of one link of a chain: a role of the item's office or of the one it names; overseers anywhere."""
    named, _, role = link.rpartition("/")
    seats = set(audience.side(named or office, [Role(role)]))
    return seats if named or role not in (Role.BUREAU, Role.LEADER) else seats | {f"role:{role}"}


def _level(days: int | None, light: Light) -> int:
    """0 green, 1 amber, 2 the first late day, 3 the second …"""
    if light is Light.RED:
        return 1 + max(-(days or 0), 1)
    return 1 if light is Light.AMBER else 0


class _opened:  # noqa: N801 - reads as a verb: `with _opened(item, by) as (row, pool)`
    """An open item's row, locked for the length of the block, and the seats that may do it."""

    def __init__(self, item: str, by: Actor) -> None:
        policy.require("workflow.act", by=by, office=by.office)
        self.item, self.atomic = item, transaction.atomic()

    def __enter__(self) -> tuple[Any, frozenset[str]]:
        self.atomic.__enter__()
        try:
            row = _row(self.item)
            return row, _pool(row)
        except BaseException as error:
            self.atomic.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.atomic.__exit__(kind, error, trace)


def _row(item: str) -> Any:
    kind, _, number = item.partition("/")
    if kind == "task" and number.isdecimal():
        row = (
            models.ProcessTask.objects.select_for_update(of=("self",))
            .select_related("case")
            .filter(id=number, is_open=True)
            .first()
        )
        if row is None:
            raise TaskNotOpen(task=number)
        return row
    found = None
    if kind == "dossier" and number.isdecimal():
        rows = models.Dossier.objects.select_for_update()
        found = rows.filter(id=number, is_final=False).first()
    if found is None:
        raise NoSuchDossier(dossier=number or item)
    return found


def _pool(row: Any) -> frozenset[str]:
    if isinstance(row, models.ProcessTask):
        return frozenset(row.pool)
    declared = queries.version(row.definition_id)
    return frozenset(audience.awaited(declared, row.state, office=row.office, requester=row.requester))


def _give(row: Any, holder: str | None, pool: Iterable[str]) -> None:
    row.holder, row.helpers = holder, []
    _seat(row, pool)


def _seat(row: Any, pool: Iterable[str]) -> None:
    names = [row.holder, *row.helpers] if row.holder else []
    row.awaits = sorted({seat for name in names for seat in audience.side(name, ())}) or sorted(pool)
    row.save()


def _require_hand(item: str, row: Any, pool: frozenset[str], by: Actor) -> None:
    if row.holder is None and not pool.isdisjoint(audience.held_by(by)):
        return
    if by.name in (row.holder, *row.helpers) or (by.has(Role.LEADER) and by.office == row.office):
        return
    if row.holder:
        raise HeldByAnother(item=item, holder=row.holder)
    raise _not_yours(item, by)


def _colleague(item: str, to: str, pool: frozenset[str]) -> str:
    person = identity.actor(to.removeprefix("account/"))
    if person is None or pool.isdisjoint(audience.held_by(person)):
        raise NoSuchColleague(item=item, to=to)
    return person.name


def _tick(row: Any, state: State, at: datetime) -> None:
    if row.due_reason == "none":
        return
    kept = Deadline(row.counted_on, row.days_left, row.due_on, DueReason(row.due_reason))
    moved = deadlines.carry(kept, state, on=day_of(at))
    row.due_on, row.due_reason = moved.due_on, moved.reason.value
    row.counted_on, row.days_left = moved.counted_on, moved.days_left


def _not_yours(item: str, by: Actor) -> Forbidden:
    return Forbidden(
        actor=by.title or by.name,
        permission=f"handle {item}",
        permission_zh=f"经办 {item}",
        reason="it waits for others",
        reason_zh="由其他岗位办理",
        permission_id="workflow.act",
    )


def _note(item: str, what: str, *, by: Actor, at: datetime, to: str = "", note: str = "") -> None:
    models.Handled.objects.create(
        item=item, what=what, to=to, note=note.strip(), by=by.name, by_title=by.title, at=at
    )
    audit.record(f"workflow.{what.replace('-', '_')}", target=item, by=by, at=at, to=to)
