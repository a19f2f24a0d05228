"""Appointments (预约): a time in a hall, with a code that becomes a number there."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from shuzhi.business.halls import models, queries
from shuzhi.business.halls.errors import AppointmentNotRight, BookedAlready, NoSuchQueue, SlotTaken
from shuzhi.business.halls.services.taking import issue, require_open
from shuzhi.business.halls.types import Appointment, Precedence, Ticket
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

AROUND = timedelta(minutes=30)
DIGITS = 6


@transaction.atomic
def book(*, hall: str, queue: str, begins_at: datetime, by: Actor, at: datetime) -> Appointment:
    """Book a time. Those who want the last place at the same moment wait for one another, and one gets it.

    Raises:
        NoSuchHall, NoSuchQueue: none of that name.
        SlotTaken: it is full, over or none of the hall's.
        BookedAlready: one a day in a hall.
    """
    policy.require("halls.book", by=by)
    declared = queries.hall(hall)
    if declared.queue(queue) is None:
        raise NoSuchQueue(queue=queue[:40])
    models.Hall.objects.select_for_update().get(id=hall)
    day = day_of(begins_at)
    free = queries.slots(declared, queue, day=day, at=at)
    if not any(each.begins_at == begins_at and each.left > 0 for each in free):
        raise SlotTaken
    try:
        with transaction.atomic():
            row = models.Appointment.objects.create(
                hall=hall, queue=queue, begins_at=begins_at, day=day, account=by.name, code=_code(hall, day)
            )
    except IntegrityError:
        raise BookedAlready from None
    audit.record("halls.booked", target=f"appointment/{row.id}", by=by, at=at, hall=hall, queue=queue)
    return queries.appointment_of(row)


@transaction.atomic
def cancel(*, appointment: int, by: Actor, at: datetime) -> None:
    """Give one's own appointment back; nothing happens where it is over."""
    policy.require("halls.book", by=by)
    changed = models.Appointment.objects.filter(
        id=appointment, account=by.name, ticket=None, cancelled_at=None
    ).update(cancelled_at=at)
    if changed:
        audit.record("halls.booking_cancelled", target=f"appointment/{appointment}", by=by, at=at)


@transaction.atomic
def check_in(*, hall: str, code: str, by: Actor, at: datetime) -> Ticket:
    """Turn an appointment into a number: it counts as taken `ahead_minutes` before its time.

    Raises:
        AppointmentNotRight: no such code today, used, or too early or late.
        HallClosed: the hall is not open.
    """
    declared = queries.hall(hall)
    require_open(declared, at)
    row = (
        models.Appointment.objects.select_for_update()
        .filter(hall=hall, day=day_of(at), code=code.strip(), ticket=None, cancelled_at=None)
        .first()
    )
    queue = declared.queue(row.queue) if row else None
    if row is None or queue is None or abs(row.begins_at - at) > AROUND:
        raise AppointmentNotRight(minutes=AROUND.seconds // 60)
    rank_at = row.begins_at - timedelta(minutes=declared.ahead_minutes)
    ticket = issue(
        declared, queue, Precedence.APPOINTMENT, rank_at=rank_at, by=by, at=at, channel="appointment"
    )
    row.ticket_id = ticket.id
    row.save(update_fields=["ticket"])
    return ticket


def _code(hall: str, day: date) -> str:
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if not models.Appointment.objects.filter(hall=hall, day=day, code=code).exists():
            return code
