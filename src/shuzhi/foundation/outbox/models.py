from __future__ import annotations

from django.db import models


class Message(models.Model):
    """One event on its way to its subscribers, kept until every one of them has taken it."""

    event = models.CharField(max_length=100)
    payload = models.JSONField()
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    dead = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="outbox_waiting", condition=models.Q(delivered_at=None, dead=False)
            ),
        ]
