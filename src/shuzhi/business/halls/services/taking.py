"""Taking a number (取号). Nobody has to say who they are for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.business.halls import models, queries
from shuzhi.business.halls.errors import HallClosed, MoreThanEnough, NoSuchQueue
from shuzhi.business.halls.types import HallDeclaration, Precedence, QueueDeclaration, Ticket, TicketState
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards import calendars

MOST_A_MINUTE = 30  # of one queue: more than people come through a door


@transaction.atomic
def take_number(
    *, hall: str, queue: str, precedence: Precedence, by: Actor, at: datetime, channel: str = "kiosk"
) -> Ticket:
    """Take a number of a queue, today's next.

    Raises:
        NoSuchHall, NoSuchQueue: none of that name.
        HallClosed: it is not open now.
        MoreThanEnough: more were taken within a minute than people can come.
    """
    declared = queries.hall(hall)
    asked = declared.queue(queue)
    if asked is None:
        raise NoSuchQueue(queue=queue[:40])
    require_open(declared, at)
    if precedence is Precedence.APPOINTMENT:  # by its code only: `check_in`
        precedence = Precedence.NONE
    ahead = timedelta(minutes=declared.ahead_minutes) if precedence is not Precedence.NONE else timedelta()
    return issue(declared, asked, precedence, rank_at=at - ahead, by=by, at=at, channel=channel)


def issue(
    hall: HallDeclaration, queue: QueueDeclaration, precedence: Precedence, *, rank_at: datetime, by: Actor,
    at: datetime, channel: str,
) -> Ticket:  # fmt: skip
    """The next ticket of a queue; those who take one at the same moment wait for one another."""
    day = day_of(at)
    models.LastNumber.objects.get_or_create(hall=hall.hall, day=day, queue=queue.id)
    counter = models.LastNumber.objects.select_for_update().get(hall=hall.hall, day=day, queue=queue.id)
    just_now = models.Ticket.objects.filter(
        hall=hall.hall, day=day, queue=queue.id, taken_at__gt=at - timedelta(minutes=1)
    ).count()
    if just_now >= MOST_A_MINUTE:
        raise MoreThanEnough
    counter.last += 1
    counter.save(update_fields=["last"])
    row = models.Ticket.objects.create(
        hall=hall.hall, day=day, queue=queue.id, number=f"{queue.letter}{counter.last:03d}", precedence=precedence.value,
        state=TicketState.WAITING.value, channel=channel, taken_at=at, rank_at=rank_at,
    )  # fmt: skip
    audit.record(
        "halls.number_taken", target=f"ticket/{row.id}", by=by, at=at, hall=hall.hall, number=row.number,
        precedence=row.precedence, channel=channel,
    )  # fmt: skip
    return queries.ticket_of(row, ahead=queries.ahead_of(row))


def require_open(hall: HallDeclaration, at: datetime) -> None:
    """Raise HallClosed outside its hours, and on days that are known to be no working days."""
    moment = at.astimezone(CHINA)
    is_open = hall.opens <= moment.time() < hall.closes and _is_working(moment)
    if not is_open:
        raise HallClosed(opens=f"{hall.opens:%H:%M}", closes=f"{hall.closes:%H:%M}")


def _is_working(moment: datetime) -> bool:
    """By the published calendar; in a year that is not published yet Monday to Friday."""
    try:
        return calendars.is_working_day(moment.date())
    except calendars.CalendarNotPublished:
        return moment.weekday() < 5  # noqa: PLR2004 - Monday to Friday
