from __future__ import annotations

from django.db.models import Count

from shuzhi.foundation.outbox import models
from shuzhi.foundation.outbox.types import DeadLetter


def dead_letters(*, most: int = 100) -> list[DeadLetter]:
    """What could not be delivered, the oldest first."""
    rows = models.Message.objects.filter(dead=True, delivered_at=None).order_by("id")[:most]
    return [DeadLetter(row.id, row.event, row.payload, row.at, row.attempts, row.last_error) for row in rows]


def undelivered() -> dict[str, int]:
    """How many messages are `waiting` and how many are `dead`."""
    rows = models.Message.objects.filter(delivered_at=None).values_list("dead")
    counted = dict(rows.annotate(count=Count("id")).order_by())
    return {"waiting": counted.get(False, 0), "dead": counted.get(True, 0)}
