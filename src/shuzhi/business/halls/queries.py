from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Q

from shuzhi.business.halls import models
from shuzhi.business.halls.errors import NoSuchHall, NoSuchTicket
from shuzhi.business.halls.types import (
    Appointment,
    DayFigures,
    HallDeclaration,
    Precedence,
    Slot,
    Ticket,
    TicketState,
    Waiting,
)
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards import calendars

SHOWN = 8  # on the screen
RECENT = 20  # served tickets that an estimate rests on
DAYS_AHEAD = 14


def halls() -> list[HallDeclaration]:
    """The halls of the node by id."""
    rows = models.Hall.objects.filter(is_active=True).order_by("id")
    return [HallDeclaration.model_validate(row.declared) for row in rows]


def hall(name: str) -> HallDeclaration:
    """One hall.

    Raises:
        NoSuchHall: no pack declares it.
    """
    row = models.Hall.objects.filter(id=name, is_active=True).first()
    if row is None:
        raise NoSuchHall(hall=name[:60])
    return HallDeclaration.model_validate(row.declared)


def ticket(number: int, *, at: datetime) -> Ticket:
    """A ticket of today, with how many are before it.

    Raises:
        NoSuchTicket: there is none.
    """
    row = models.Ticket.objects.filter(id=number, day=day_of(at)).first()
    if row is None:
        raise NoSuchTicket
    return ticket_of(row, ahead=ahead_of(row))


def current(name: str, window: str, *, at: datetime) -> Ticket | None:
    """What is at a window now."""
    row = _today(name, at).filter(window=window, state__in=["called", "serving"]).first()
    return ticket_of(row) if row else None


def waiting(declared: HallDeclaration, *, at: datetime) -> list[Waiting]:
    """Every queue: how many wait, and for how long somebody who comes now; no guess before three were served."""
    open_now = _today(declared.hall, at).filter(state=TicketState.WAITING)
    found = []
    for queue in declared.queues:
        count = open_now.filter(queue=queue.id).count()
        windows = sum(queue.id in window.queues for window in declared.windows)
        found.append(Waiting(queue, count, _estimate(declared.hall, queue.id, count, windows, at)))
    return found


def next_tickets(declared: HallDeclaration, window: str, *, at: datetime, most: int = 10) -> list[Ticket]:
    """Who waits for a window, in the order of calling."""
    place = declared.window(window)
    rows = _today(declared.hall, at).filter(
        state=TicketState.WAITING, queue__in=place.queues if place else (), wanted_window__in=["", window]
    )
    return [ticket_of(row) for row in rows.order_by("rank_at", "id")[:most]]


def called(name: str, *, at: datetime) -> list[Ticket]:
    """What the screen shows: numbers at windows, the one called last first."""
    rows = _today(name, at).filter(state__in=["called", "serving"])
    return [ticket_of(row) for row in rows.order_by("-last_called_at", "-id")[:SHOWN]]


def passed_over(name: str, *, at: datetime) -> list[Ticket]:
    """Whose number was called in vain today."""
    rows = _today(name, at).filter(state=TicketState.NO_SHOW)
    return [ticket_of(row) for row in rows.order_by("-ended_at", "-id")[:SHOWN]]


def figures(declared: HallDeclaration, day: date) -> DayFigures:
    """One day's figures."""
    rows = list(
        models.Ticket.objects.filter(hall=declared.hall, day=day).values_list(
            "state", "taken_at", "called_at"
        )
    )
    states = [state for state, _, _ in rows]
    waits = [(to - since).total_seconds() / 60 for _, since, to in rows if to is not None]
    in_time, counted = waits_of(day, declared.hall)
    return DayFigures(
        taken=len(rows),
        **{state.value: states.count(state.value) for state in TicketState},
        median_wait=round(median(waits), 1) if waits else None,
        longest_wait=round(max(waits), 1) if waits else None,
        in_time=len(in_time),
        counted=len(counted),
    )


def waits_of(day: date, only: str = "") -> tuple[set[int], set[int]]:
    """Tickets of the thirty days up to one: those called within what their hall promises, and all that were called or left."""
    promised = {each.hall: timedelta(minutes=each.promised_minutes) for each in halls()}
    span = Q(day=day) if only else Q(day__gt=day - timedelta(days=30), day__lte=day)
    rows = models.Ticket.objects.filter(span, Q(called_at__isnull=False) | Q(state=TicketState.LEFT))
    if only:
        rows = rows.filter(hall=only)
    good, every = set(), set()
    for number, name, since, to in rows.values_list("id", "hall", "taken_at", "called_at"):
        if name in promised:
            every.add(number)
            if to is not None and to - since <= promised[name]:
                good.add(number)
    return good, every


def slots(declared: HallDeclaration, queue: str, *, day: date, at: datetime) -> list[Slot]:
    """The times of a day that can be booked: of working days of the next two weeks, not yet begun."""
    asked = declared.queue(queue)
    if asked is None or not asked.slot_places or not _can_be_booked(day, at):
        return []
    taken: dict[datetime, int] = {}
    for begins_at in models.Appointment.objects.filter(
        hall=declared.hall, queue=queue, day=day, cancelled_at=None
    ).values_list("begins_at", flat=True):
        taken[begins_at] = taken.get(begins_at, 0) + 1
    found, moment = [], datetime.combine(day, declared.opens, tzinfo=CHINA)
    while moment < datetime.combine(day, declared.closes, tzinfo=CHINA):
        if moment > at:
            found.append(Slot(moment, asked.slot_places - taken.get(moment, 0)))
        moment += timedelta(minutes=asked.slot_minutes)
    return found


def appointments(*, by: Actor, at: datetime) -> list[Appointment]:
    """One's own appointments from today on."""
    rows = models.Appointment.objects.filter(account=by.name, day__gte=day_of(at), cancelled_at=None)
    return [appointment_of(row) for row in rows.select_related("ticket").order_by("begins_at")]


def ahead_of(row: models.Ticket) -> int:
    """How many will be called before a ticket."""
    if row.state != TicketState.WAITING:
        return 0
    before = Q(rank_at__lt=row.rank_at) | Q(rank_at=row.rank_at, id__lt=row.id)
    rows = models.Ticket.objects.filter(
        before, hall=row.hall, day=row.day, queue=row.queue, state=TicketState.WAITING
    )
    return rows.count()


def ticket_of(row: models.Ticket, *, ahead: int = 0) -> Ticket:
    """A row as pages see it."""
    return Ticket(
        id=row.id, hall=row.hall, number=row.number, queue=row.queue, precedence=Precedence(row.precedence),
        state=TicketState(row.state), window=row.window, taken_at=row.taken_at, called_at=row.called_at,
        calls=row.calls, ahead=ahead,
    )  # fmt: skip


def appointment_of(row: models.Appointment) -> Appointment:
    """A row as pages see it."""
    return Appointment(
        id=row.id, hall=row.hall, queue=row.queue, begins_at=row.begins_at, code=row.code,
        ticket=row.ticket.number if row.ticket else "",
    )  # fmt: skip


def _today(name: str, at: datetime) -> Any:
    return models.Ticket.objects.filter(hall=name, day=day_of(at))


def _estimate(name: str, queue: str, count: int, windows: int, at: datetime) -> int | None:
    rows = _today(name, at).filter(queue=queue, state=TicketState.DONE, began_at__isnull=False)
    spans = [
        (ended - began).total_seconds() / 60
        for began, ended in rows.order_by("-ended_at").values_list("began_at", "ended_at")[:RECENT]
    ]
    if len(spans) < 3 or not windows:  # noqa: PLR2004 - fewer say nothing
        return None
    middle: float = median(spans)
    return round(middle * count / windows)


def _can_be_booked(day: date, at: datetime) -> bool:
    today = day_of(at)
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        return False
    try:
        return calendars.is_working_day(day)
    except calendars.CalendarNotPublished:
        return False
