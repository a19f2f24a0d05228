from __future__ import annotations

from django.db import models


class Desk(models.Model):
    """A desk's declaration as its pack gives it."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class Request(models.Model):
    """A request. `origin` is the row that it came from, once; `matter` tells the same matter."""

    number = models.CharField(max_length=30, unique=True, null=True)
    desk = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    caller = models.CharField(max_length=40)
    code_digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=300)
    said = models.TextField()
    place = models.CharField(max_length=300)
    category = models.CharField(max_length=100)
    urgency = models.CharField(max_length=20)
    office = models.CharField(max_length=100)
    dossier = models.BigIntegerField(null=True, unique=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="others")
    origin = models.CharField(max_length=300, null=True, unique=True)
    matter = models.CharField(max_length=64)
    returns = models.PositiveSmallIntegerField(default=0)
    reopenings = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_solved = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["desk", "-id"], name="incidents_request_desk"),
            models.Index(fields=["desk", "matter", "received_at"], name="incidents_request_matter"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dossier__isnull=False) | models.Q(merged_into__isnull=False),
                name="requests_are_handled_or_merged",
            ),
        ]
