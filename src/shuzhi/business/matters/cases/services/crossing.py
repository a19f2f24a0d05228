"""Cases that another node handles (异地代收代办、跨域通办): sent there, asked after, and its steps written here as they come.

What the other node must hear are messages in their order, each under a reference of its own: the case's number and the
message's place. A message that got no answer goes again and counts once there. Its steps are numbered; each is written here once.
Files go ahead of the message that names them (`enclosing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.clock import Clock
from shuzhi.business.matters.cases.errors import FilesTooLarge, ReviewUnderWay
from shuzhi.business.matters.cases.gathering import Gathered
from shuzhi.business.matters.cases.reading import clock_of, number_of
from shuzhi.business.matters.cases.services import enclosing
from shuzhi.business.matters.cases.services.moving import PLATFORM, close, decided, locked, move, tell_decided
from shuzhi.business.matters.cases.types import (
    ACTION_TITLES,
    HAD_TITLES,
    WAITING,
    Action,
    Delivery,
    Had,
    State,
)
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.data.exchange import queries as nodes
from shuzhi.data.exchange import services as exchange
from shuzhi.data.exchange.errors import NoSuchPeer
from shuzhi.data.exchange.services.handing import Told
from shuzhi.foundation.database import prepared
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow.types import DueReason

REVIEW = "node/"
RECEIVED, FAILED = "received", "failed"  # what a gateway says of something handed over, until it is settled
SOONEST, LATEST = timedelta(seconds=10), timedelta(minutes=10)
LONGEST_REST = timedelta(hours=1)
RARELY, FOLLOWED = timedelta(hours=12), timedelta(days=180)  # when it is over: an objection may open it again
MOST_AT_ONCE = 200
OURS = frozenset({Action.SUBMIT, Action.CORRECT, Action.OBJECT, Action.ARCHIVE})
DECIDES = frozenset({Action.GRANT, Action.REFUSE, Action.REJECT})
log = structlog.get_logger(__name__)


class Send(Protocol):
    """The way to the other node."""

    def __call__(
        self, *, interface: str, reference: str, document: Mapping[str, Any] | None, by: Actor, at: datetime
    ) -> Told:
        """Hand over, or ask by the reference alone."""


def begin_crossing(
    row: models.Case, declared: MatterDeclaration, gathered: Gathered, *, at: datetime
) -> None:
    """Have a case handled by the node that the matter names: the first message, to be sent when this transaction stands.

    Where its files are too many or too large to go with it, a clerk here sees to the case.
    """
    assert declared.handling is not None
    assert declared.handling.node is not None
    partner = declared.handling.node
    try:
        files = enclosing.enclosed(row.submission, [])
    except FilesTooLarge as problem:
        move(row, Action.HAND_OVER, by=system(PLATFORM), at=at, note=f"转人工办理：{problem.message_zh}")
        return
    row.review = f"{REVIEW}{partner.interface}"
    prepared.change(row, "review")
    message = {
        "action": Action.SUBMIT.value, "matter": partner.matter, "applicant": f"{row.scheme}/{row.holder}",
        "choices": row.choices, "delivery": row.delivery, "answers": {**_held(gathered), **row.answers},
        **({"files": files} if files else {}),  # a node that knows nothing of files takes a case without them
    }  # fmt: skip
    models.Crossing.objects.create(
        case_id=row.id, interface=partner.interface, messages=[message], begun_at=at, news_at=at, next_at=at
    )


def is_elsewhere(row: models.Case) -> bool:
    """Whether another node handles the case."""
    return row.review.startswith(REVIEW)


def require_here(row: models.Case) -> None:
    """Refuse what the other node's clerks do.

    Raises:
        ReviewUnderWay: another node handles the case.
    """
    if is_elsewhere(row):
        raise ReviewUnderWay(case=number_of(row), review=row.review)


def send_word(
    row: models.Case, action: Action, *, at: datetime, note: str = "", submission: str = "", **more: Any
) -> None:
    """Have the other node hear what the applicant did; it goes with the next carrying, behind the submission's files.

    Raises:
        FilesTooLarge: they are too many, or too large.
    """
    crossing = models.Crossing.objects.select_for_update().get(case_id=row.id)
    if files := enclosing.enclosed(submission, crossing.messages):
        more["files"] = files
    crossing.messages.append({"action": action.value, "note": note[:2000], **more})
    crossing.next_at = at
    crossing.save(update_fields=["messages", "next_at"])


def carry(*, by: Actor, at: datetime, send: Send | None = None) -> int:
    """Send what waits and take back what has come, of every case that is due; returns how many had news. Safe to kill and to repeat."""
    due = models.Crossing.objects.filter(next_at__lte=at).order_by("next_at", "case_id")
    return sum(_carry(number, send or exchange.hand_over, by=by, at=at) for number in due.values_list("case_id", flat=True)[:MOST_AT_ONCE])  # fmt: skip


def _carry(case: int, send: Send, *, by: Actor, at: datetime) -> bool:
    """One case. No lock is held while the other node answers: a second carrier does no harm, only useless work."""
    crossing = models.Crossing.objects.select_related("case").get(case_id=case)
    way = partial(send, interface=crossing.interface, by=by, at=at)
    reference = number_of(crossing.case)
    try:
        while crossing.taken < len(crossing.messages):
            place = crossing.taken + 1
            message = crossing.messages[crossing.taken] if crossing.arrived < place else None
            if message is not None and not enclosing.send(crossing, message, way=way, number=reference):
                return False  # the rest of its files goes with the next carrying
            told = way(reference=f"{reference}/{place}", document=message)
            crossing = _arrived(case, place, told, at=at)
            if crossing.taken < place or told.state == FAILED:
                return False  # it is kept there and waits its turn, or nothing more is to be asked now
        told = way(reference=f"{reference}/1", document=None)
    except PlatformError as problem:
        _wait(case, problem, at=at)
        return False
    return _take_back(case, told, at=at)


@transaction.atomic
def _arrived(case: int, place: int, told: Told, *, at: datetime) -> models.Crossing:
    """A message is kept at the other node, and perhaps has been acted upon, or refused for good."""
    crossing = _held_row(case)
    if crossing.taken >= place:
        return crossing
    if crossing.arrived < place:
        crossing.arrived, crossing.pieces = place, 0
        enclosing.note_sent(crossing, crossing.messages[place - 1], node=told.node, at=at)
    crossing.node = told.node
    _well(crossing)
    crossing.next_at = at + SOONEST
    if told.state != RECEIVED:
        crossing.taken, crossing.news_at = place, at
    if told.state == FAILED:
        _refused(crossing, place, told, at=at)
    crossing.save()
    return crossing


def _refused(crossing: models.Crossing, place: int, told: Told, *, at: datetime) -> None:
    """A case that the other node does not take, a clerk here sees to; a correction that it does not take is asked for again."""
    row = locked(number_of(crossing.case))
    why, by = (told.problem or {}).get("message_zh", "")[:500], system(PLATFORM)
    said = Action(crossing.messages[place - 1]["action"])
    note = f"对方节点未接受“{ACTION_TITLES[said].zh}”：{why}"
    if said is Action.SUBMIT:
        row.review, crossing.next_at = "", None
        move(row, Action.HAND_OVER, by=by, at=at, note=note, also=("review",), node=told.node)
    elif said is Action.CORRECT:
        move(row, Action.ASK, State.CORRECTING, by=by, at=at, note=note, node=told.node)
    else:
        crossing.problem = {"zh": note, "en": f"{told.node}: {(told.problem or {}).get('message', '')[:500]}"}


@transaction.atomic
def _wait(case: int, problem: PlatformError, *, at: datetime) -> None:
    """Say why it waits, and try again later: each time twice as late, an hour at most."""
    crossing = _held_row(case)
    crossing.failures += 1
    crossing.problem = {"zh": problem.message_zh, "en": str(problem)}
    crossing.next_at = at + min(SOONEST * 2 ** min(crossing.failures, 10), LONGEST_REST)
    crossing.save(update_fields=["failures", "problem", "next_at"])
    log.warning("matters.crossing_waits", interface=crossing.interface, code=problem.code)


@transaction.atomic
def _take_back(case: int, told: Told, *, at: datetime) -> bool:
    """Write the other node's steps that are new here."""
    crossing = _held_row(case)
    row = locked(number_of(crossing.case))
    crossing.case = row
    if crossing.failures:
        _well(crossing)
    news = told.outcome is not None and _apply(crossing, row, told.outcome, at=at)
    if news:
        crossing.news_at = at
    crossing.next_at = _next(crossing, row, at=at)
    crossing.save()
    return news


def _held_row(case: int) -> models.Crossing:
    rows = models.Crossing.objects.select_for_update(of=("self",)).select_related("case")
    return rows.get(case_id=case)


def _well(crossing: models.Crossing) -> None:
    crossing.failures, crossing.problem = 0, {}


def _apply(crossing: models.Crossing, row: models.Case, outcome: Mapping[str, Any], *, at: datetime) -> bool:
    """The steps in their order. What this node's applicant did is written here already."""
    crossing.number = str(outcome["case"])[:40]
    crossing.result = outcome.get("credential") or {}
    by = _speaker(crossing.node)
    fresh = [each for each in outcome["steps"] if each["seq"] > crossing.seen]
    theirs = [each for each in fresh if Action(each["action"]) not in OURS]
    for each in theirs:
        closes = each is theirs[-1] and not outcome["open"]
        _step(row, each, outcome, by=replace(by, office=each["office"]), closes=closes, at=at)
    crossing.seen = max([crossing.seen, *(each["seq"] for each in fresh)])
    return bool(fresh)


def _step(
    row: models.Case, step: Mapping[str, Any], outcome: Mapping[str, Any], *, by: Actor, closes: bool, at: datetime
) -> None:  # fmt: skip
    action, state = Action(step["action"]), State(step["state"])
    there = datetime.fromisoformat(step["at"])
    kept = _clock(row, step, outcome)
    also: tuple[str, ...] = ("reason",)
    if action in (Action.ACCEPT, Action.DEEM):
        row.accepted_at, also = there, (*also, "accepted_at")
    if action is Action.ASK:
        row.points, row.asked_at, also = outcome["points"], there, (*also, "points", "asked_at")
    if action in DECIDES:
        row.reason, row.is_instant = step["note"], bool(outcome["instant"])
        decided(row, at=there)
        row.delivered_at = there if closes and row.delivery == Delivery.ONLINE else None
        also = (*also, "is_instant", "delivered_at")
    if action is Action.DELIVER:
        row.delivered_at, also = there, (*also, "delivered_at")
    if state in WAITING:
        row.decided_at = row.closed_at = None
    if closes:
        close(row, state, at=at)
    move(row, action, state, by=by, at=at, note=step["note"], kept=kept, also=also, there=step["at"], far=outcome["case"])  # fmt: skip
    if action in DECIDES:
        tell_decided(row, at=at)


def _clock(row: models.Case, step: Mapping[str, Any], outcome: Mapping[str, Any]) -> Clock:
    """The other office's clock is the case's."""
    due = datetime.fromisoformat(outcome["due_at"]) if outcome["due_at"] else None
    counted = datetime.fromisoformat(step["at"])
    return replace(clock_of(row), due_at=due, reason=DueReason(outcome["due_reason"]), counted_at=counted)


def _next(crossing: models.Crossing, row: models.Case, *, at: datetime) -> datetime | None:
    """Soon after news, ever later without; rarely where it is over, and not at all where nothing more can come."""
    if not is_elsewhere(row):
        return None
    if crossing.taken < len(crossing.messages):
        return at
    if row.closed_at is not None:
        return at + RARELY if at < crossing.begun_at + FOLLOWED else None
    return at + max(SOONEST, min((at - crossing.news_at) / 10, LATEST))


def _speaker(node: str) -> Actor:
    """The other node, as it stands in the history."""
    title = node
    with suppress(NoSuchPeer):
        title = nodes.peer(node).declaration.title.zh
    return replace(system(PLATFORM), name=f"node/{node}", title=title)


def _held(gathered: Gathered) -> dict[str, Any]:
    """Which materials this node's registers and credentials have; what they say does not leave."""
    held = [each for each in gathered.materials if each.had in (Had.REGISTER, Had.CREDENTIAL)]
    return {each.id: f"受理节点已核有：{HAD_TITLES[each.had].zh}" for each in held}
