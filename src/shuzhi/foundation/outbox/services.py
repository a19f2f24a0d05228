"""Publishing and delivering events. Delivery is at least once: a subscriber must bear a repetition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox import asking, models

MOST_ATTEMPTS = 8

Subscriber = Callable[[dict[str, Any], datetime], None]

_subscribers: dict[str, list[Subscriber]] = {}
log = structlog.get_logger(__name__)

_INTO = "INSERT INTO outbox_message (event, payload, at, attempts, last_error, dead)"
_PLACES = "(%s, %s::jsonb, %s, 0, '', false)"


def subscribe(event: type, subscriber: Subscriber) -> None:
    """Let a room hear of an event; called once, when the room's app is ready."""
    _subscribers.setdefault(event.__name__, []).append(subscriber)


def publish(event: Any, *, at: datetime) -> None:
    """Put an event (a frozen dataclass) into the outbox of the running transaction.

    Once that has committed the worker is asked to deliver; should the asking fail, it looks every minute.
    """
    prepared.write_row(_INTO, _PLACES, [type(event).__name__, _encode(event), at])
    transaction.on_commit(asking.ask_worker, robust=True)


class _Encoder(DjangoJSONEncoder):
    """Events and what is in them as mappings; days and times as texts."""

    def default(self, o: Any) -> Any:
        """What JSON has no word for."""
        if is_dataclass(o):
            return {field.name: getattr(o, field.name) for field in fields(o)}
        return super().default(o)


_encode = _Encoder().encode


def deliver_waiting(*, at: datetime, most: int = 500) -> int:
    """Deliver up to `most` waiting events in their order; returns how many were delivered.

    Each event has its own transaction, so that one poisonous event does not hold up the rest: it is
    tried again later, at growing intervals, and after MOST_ATTEMPTS is a dead letter for an operator.
    What nobody has subscribed to is delivered all at once.
    """
    due = _due(at, most)
    unheard = [number for number, event in due if not _subscribers.get(event)]
    done = (
        models.Message.objects.filter(id__in=unheard, delivered_at=None).update(delivered_at=at)
        if unheard
        else 0
    )
    return done + sum(_deliver_one(number, at=at) for number, event in due if _subscribers.get(event))


def retry_dead(*, message: int, at: datetime) -> bool:
    """Let a dead letter be tried again, from now on with all its attempts; False where none has this number."""
    dead = models.Message.objects.filter(id=message, dead=True, delivered_at=None)
    return bool(dead.update(dead=False, attempts=0, not_before=at))


def forget_delivered(*, before: datetime) -> int:
    """Remove what every subscriber took before a moment; returns how many messages went."""
    return models.Message.objects.filter(delivered_at__lt=before).delete()[0]


def _due(at: datetime, most: int) -> list[tuple[int, str]]:
    waiting = models.Message.objects.filter(delivered_at=None, dead=False).exclude(not_before__gt=at)
    return list(waiting.order_by("id").values_list("id", "event")[:most])


def _deliver_one(number: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            waiting = models.Message.objects.select_for_update(skip_locked=True)
            message = waiting.filter(id=number, delivered_at=None).first()
            if message is None:
                return False
            for subscriber in _subscribers.get(message.event, ()):
                subscriber(message.payload, at)
            message.delivered_at = at
            message.save(update_fields=["delivered_at"])
    except Exception as error:  # a subscriber's fault of any kind must not stop the relay
        log.exception("outbox.delivery_failed", message=number)
        _postpone(number, at=at, error=error)
        return False
    return True


def _postpone(number: int, *, at: datetime, error: Exception) -> None:
    with transaction.atomic():
        message = models.Message.objects.select_for_update().filter(id=number, delivered_at=None).first()
        if message is None:
            return  # another relay delivered it meanwhile
        message.attempts += 1
        message.last_error = f"{type(error).__name__}: {error}"[:2000]
        message.not_before = at + timedelta(seconds=2**message.attempts)
        message.dead = message.attempts >= MOST_ATTEMPTS
        message.save()
