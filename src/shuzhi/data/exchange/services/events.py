"""What people do about events that did not arrive (未送达), and keeping events for their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoStream, NoSuchEvent
from shuzhi.data.exchange.pushing.taking import notice_subject
from shuzhi.data.exchange.services import notices
from shuzhi.data.exchange.types import EventState
from shuzhi.data.registers import feed
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

CHANGES_KEPT = timedelta(days=30)  # longer than any interface keeps its events


@transaction.atomic
def redeliver_events(*, subscription: int, by: Actor, at: datetime, seq: int | None = None) -> int:
    """Push again what never arrived (重新推送): one event, or all of them and whatever waits; returns how many.

    Raises:
        NoStream: it is no event subscription.
        NoSuchEvent: this one has not been given up.
        Forbidden: the actor speaks neither for the office that is to receive them nor for the bureau.
    """
    stream = _stream(subscription, by=by)
    dead = models.Event.objects.filter(subscription=subscription, state=EventState.DEAD.value)
    if seq is not None:
        dead = dead.filter(seq=seq)
    count = dead.update(state=EventState.WAITING.value, attempts=0, problem="")
    if seq is not None and not count:
        raise NoSuchEvent(subscription=subscription, seq=seq)
    stream.failures, stream.not_before, stream.stopped_at, stream.problem = 0, None, None, ""
    stream.save()
    _record(stream, "exchange.push_redelivered", by=by, at=at, seq=seq, count=count)
    notices.settle(subject=notice_subject(stream.subscription), by=by, at=at)
    return count


@transaction.atomic
def set_event_aside(*, subscription: int, seq: int, by: Actor, at: datetime, reason: str) -> None:
    """Let an event be that never arrived (放弃推送), so that the later ones of its entity can go; it can still be asked for.

    Raises:
        NoStream, NoSuchEvent, Forbidden: as for `redeliver_events`.
    """
    stream = _stream(subscription, by=by)
    dead = models.Event.objects.filter(subscription=subscription, seq=seq, state=EventState.DEAD.value)
    if not dead.update(state=EventState.DROPPED.value):
        raise NoSuchEvent(subscription=subscription, seq=seq)
    _record(stream, "exchange.push_set_aside", by=by, at=at, seq=seq, reason=reason)


@transaction.atomic
def forget_events(*, at: datetime) -> int:
    """Remove events whose time is over, each after the hours that its interface keeps them; returns how many."""
    gone = 0
    for row in models.Stream.objects.select_related("subscription__interface").order_by("subscription"):
        hours = (row.subscription.interface.terms or {}).get("kept_hours") or 24
        old = models.Event.objects.filter(
            subscription=row.subscription_id, at__lt=at - timedelta(hours=hours)
        )
        gone += old.delete()[0]
    feed.forget_changes(before=at - CHANGES_KEPT)
    return gone


def _stream(subscription: int, *, by: Actor) -> Any:
    rows = models.Stream.objects.select_for_update(of=("self",)).select_related("subscription")
    stream = rows.filter(subscription=subscription).first()
    if stream is None:
        raise NoStream(subscription=subscription)
    policy.require("exchange.redeliver", by=by, office=stream.subscription.office)
    return stream


def _record(stream: models.Stream, action: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    target = f"interface/{stream.subscription.interface_id}"
    audit.record(action, target=target, by=by, at=at, subscription=stream.subscription_id, **facts)
