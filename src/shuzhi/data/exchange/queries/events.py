"""How pushed events stand (变更推送)."""

from __future__ import annotations

from django.db.models import Count

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoStream
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.types import DeadEvent, EventState, StreamState


def stream(subscription: int) -> StreamState:
    """How the events of a subscription stand; two statements.

    Raises:
        NoStream: it is of no events, or was not granted yet.
    """
    rows = models.Stream.objects.select_related("subscription")
    row = rows.filter(subscription=subscription).first()
    if row is None:
        raise NoStream(subscription=subscription)
    counted = models.Event.objects.filter(subscription=subscription).values_list("state")
    counts = dict(counted.annotate(count=Count("id")).order_by())
    return StreamState(
        subscription=subscription,
        interface=row.subscription.interface_id,
        office=row.subscription.office,
        endpoint=row.subscription.endpoint,
        last_seq=row.last_seq,
        waiting=counts.get(EventState.WAITING.value, 0),
        delivered=counts.get(EventState.DELIVERED.value, 0),
        dead=counts.get(EventState.DEAD.value, 0),
        failures=row.failures,
        not_before=row.not_before,
        stopped_at=row.stopped_at,
        problem=row.problem,
        taken_at=row.taken_at,
    )


def dead_events(subscription: int, *, most: int = MOST_ROWS) -> list[DeadEvent]:
    """Events that were given up, in their order, each with how many of its entity wait behind it."""
    rows = models.Event.objects.filter(subscription=subscription)
    dead = rows.filter(state=EventState.DEAD.value).order_by("seq")[:most]
    behind = rows.filter(state=EventState.WAITING.value, entity__in={row.entity for row in dead})
    held = dict(behind.values_list("entity").annotate(count=Count("id")).order_by())
    return [
        DeadEvent(
            subscription=subscription,
            seq=row.seq,
            kind=row.kind,
            entity=row.entity,
            at=row.at,
            attempts=row.attempts,
            problem=row.problem,
            held=held.get(row.entity, 0),
        )
        for row in dead
    ]
