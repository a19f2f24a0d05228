"""The end of a day (日终): whoever was not served has left; tomorrow's numbers begin at one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.halls import models
from shuzhi.business.halls.types import TicketState
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor

OPEN = (TicketState.WAITING.value, TicketState.CALLED.value)


@transaction.atomic
def close_days(*, by: Actor, at: datetime) -> int:
    """Close every day before today; returns how many tickets were still open. Those being served count as served."""
    past = models.Ticket.objects.filter(day__lt=day_of(at))
    left = past.filter(state__in=OPEN).update(state=TicketState.LEFT.value, ended_at=at)
    served = past.filter(state=TicketState.SERVING.value).update(state=TicketState.DONE.value, ended_at=at)
    models.LookUp.objects.filter(day__lt=day_of(at)).delete()
    if left or served:
        audit.record("halls.day_closed", target="halls", by=by, at=at, left=left, served=served)
    return left + served
