"""Calling numbers and serving at a window (叫号). A number is at one window, and a window has one number."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from shuzhi.business.halls import models, queries
from shuzhi.business.halls.errors import (
    CalledEnough,
    CalledTooSeldom,
    NobodyWaits,
    NoSuchQueue,
    NoSuchTicket,
    NoSuchWindow,
    NotAtThisWindow,
    NotOfThisHall,
    WindowBusy,
)
from shuzhi.business.halls.types import (
    STATE_TITLES,
    HallDeclaration,
    Ticket,
    TicketCalled,
    TicketServed,
    TicketState,
    WindowDeclaration,
)
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

AT_WINDOW = (TicketState.CALLED.value, TicketState.SERVING.value)
LEAST_CALLS = 2


@transaction.atomic
def call_next(*, hall: str, window: str, by: Actor, at: datetime) -> Ticket:
    """Call whose turn it is at a window. Two windows that call at the same moment get different numbers.

    Raises:
        WindowBusy: the window still has one.
        NobodyWaits: nobody is in its queues.
        NotOfThisHall: only clerks of the hall's offices serve.
    """
    _, place = _place(hall, window, by)
    busy = _at_window(hall, window, at)
    if busy is not None:
        raise WindowBusy(number=busy.number)
    row = (
        models.Ticket.objects.select_for_update(skip_locked=True)
        .filter(hall=hall, day=day_of(at), state=TicketState.WAITING.value, queue__in=place.queues)
        .filter(wanted_window__in=["", window])
        .order_by("rank_at", "id")
        .first()
    )
    if row is None:
        raise NobodyWaits
    row.state, row.window, row.clerk, row.calls = TicketState.CALLED.value, window, by.name, 1
    row.called_at, row.last_called_at = row.called_at or at, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else called at this very window at the same moment
        raise WindowBusy(number="—") from None
    _note("halls.called", row, by=by, at=at)
    outbox.publish(TicketCalled(hall=hall, ticket=row.id, window=place.id, at=at), at=at)
    return queries.ticket_of(row)


@transaction.atomic
def recall(*, hall: str, window: str, by: Actor, at: datetime) -> Ticket:
    """Call the window's number once more.

    Raises:
        CalledEnough: it was called as often as the hall calls.
        NotAtThisWindow, NoSuchTicket: the window has none that was called.
    """
    declared, _ = _place(hall, window, by)
    row = _current(hall, window, at, TicketState.CALLED)
    if row.calls >= declared.calls:
        raise CalledEnough(number=row.number, calls=row.calls)
    row.calls, row.last_called_at = row.calls + 1, at
    row.save(update_fields=["calls", "last_called_at"])
    _note("halls.called", row, by=by, at=at)
    outbox.publish(TicketCalled(hall=hall, ticket=row.id, window=window, at=at), at=at)
    return queries.ticket_of(row)


@transaction.atomic
def begin(*, hall: str, window: str, by: Actor, at: datetime) -> Ticket:
    """The person is here."""
    _place(hall, window, by)
    row = _current(hall, window, at, TicketState.CALLED)
    row.state, row.began_at = TicketState.SERVING.value, at
    row.save(update_fields=["state", "began_at"])
    _note("halls.begun", row, by=by, at=at)
    return queries.ticket_of(row)


@transaction.atomic
def finish(*, hall: str, window: str, by: Actor, at: datetime) -> Ticket:
    """The person was served."""
    _place(hall, window, by)
    row = _current(hall, window, at, TicketState.SERVING)
    row.state, row.ended_at = TicketState.DONE.value, at
    row.save(update_fields=["state", "ended_at"])
    _note("halls.served", row, by=by, at=at)
    outbox.publish(TicketServed(hall=hall, ticket=row.id, at=at), at=at)
    return queries.ticket_of(row)


@transaction.atomic
def pass_over(*, hall: str, window: str, by: Actor, at: datetime) -> Ticket:
    """Nobody came (过号).

    Raises:
        CalledTooSeldom: it was called once only.
    """
    _place(hall, window, by)
    row = _current(hall, window, at, TicketState.CALLED)
    if row.calls < LEAST_CALLS:
        raise CalledTooSeldom(number=row.number)
    row.state, row.ended_at = TicketState.NO_SHOW.value, at
    row.save(update_fields=["state", "ended_at"])
    _note("halls.passed_over", row, by=by, at=at)
    return queries.ticket_of(row)


@transaction.atomic
def put_back(*, hall: str, number: str, by: Actor, at: datetime) -> Ticket:
    """Somebody whose number was passed over is there now: behind those who wait, without a new number; once a day.

    Raises:
        NoSuchTicket: no such number today.
        NotAtThisWindow: it was not passed over, or was put back before.
    """
    declared = queries.hall(hall)
    _require_clerk(declared, by)
    row = (
        models.Ticket.objects.select_for_update()
        .filter(hall=hall, day=day_of(at), number=number.strip().upper())
        .first()
    )
    if row is None:
        raise NoSuchTicket
    if row.state != TicketState.NO_SHOW or row.returned:
        raise _wrong(row)
    row.state, row.window, row.returned, row.rank_at = TicketState.WAITING.value, "", 1, at
    row.ended_at, row.calls = None, 0
    row.save()
    _note("halls.put_back", row, by=by, at=at)
    return queries.ticket_of(row, ahead=queries.ahead_of(row))


@transaction.atomic
def transfer(
    *, hall: str, window: str, by: Actor, at: datetime, queue: str = "", to_window: str = ""
) -> Ticket:
    """Send the person to another window or queue; they keep their number, and their place by when they came.

    Raises:
        NoSuchQueue, NoSuchWindow: none of that name, or the window serves no such queue.
    """
    declared, _ = _place(hall, window, by)
    row = _current(hall, window, at, TicketState.CALLED, TicketState.SERVING)
    target = declared.window(to_window) if to_window else None
    if to_window and (target is None or to_window == window):
        raise NoSuchWindow(window=to_window[:40])
    wanted = queue or (row.queue if target is None or row.queue in target.queues else target.queues[0])
    if declared.queue(wanted) is None or (target is not None and wanted not in target.queues):
        raise NoSuchQueue(queue=wanted[:40])
    if target is None and wanted == row.queue:
        raise NoSuchWindow(window=to_window or "—")
    former = row.window
    row.state, row.window, row.queue, row.wanted_window = TicketState.WAITING.value, "", wanted, to_window
    row.calls, row.began_at = 0, None
    row.rank_at -= timedelta(minutes=declared.ahead_minutes)  # they have waited once
    row.save()
    audit.record(
        "halls.transferred", target=f"ticket/{row.id}", by=by, at=at, number=row.number, former=former,
        queue=wanted, window=to_window,
    )  # fmt: skip
    return queries.ticket_of(row, ahead=queries.ahead_of(row))


def _place(hall: str, window: str, by: Actor) -> tuple[HallDeclaration, WindowDeclaration]:
    declared = queries.hall(hall)
    _require_clerk(declared, by)
    place = declared.window(window)
    if place is None:
        raise NoSuchWindow(window=window[:40])
    return declared, place


def _require_clerk(declared: HallDeclaration, by: Actor) -> None:
    policy.require("halls.serve", by=by)
    if by.office not in declared.offices:
        raise NotOfThisHall


def _at_window(hall: str, window: str, at: datetime) -> models.Ticket | None:
    return models.Ticket.objects.filter(hall=hall, day=day_of(at), window=window, state__in=AT_WINDOW).first()


def _current(hall: str, window: str, at: datetime, *states: TicketState) -> models.Ticket:
    row = (
        models.Ticket.objects.select_for_update()
        .filter(hall=hall, day=day_of(at), window=window, state__in=AT_WINDOW)
        .first()
    )
    if row is None:
        raise NoSuchTicket
    if TicketState(row.state) not in states:
        raise _wrong(row)
    return row


def _wrong(row: models.Ticket) -> NotAtThisWindow:
    words = STATE_TITLES[TicketState(row.state)]
    return NotAtThisWindow(state=words.en.lower(), state_zh=words.zh)


def _note(action: str, row: models.Ticket, *, by: Actor, at: datetime) -> None:
    audit.record(
        action, target=f"ticket/{row.id}", by=by, at=at, hall=row.hall, number=row.number, window=row.window
    )
