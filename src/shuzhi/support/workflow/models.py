from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class LoopVersion(models.Model):
    """A loop's definition under its hash; kept for as long as a dossier was opened under it."""

    id = models.CharField(primary_key=True, max_length=16)
    loop = models.CharField(max_length=100)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)
    installed_at = models.DateTimeField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loop"], condition=Q(current=True), name="one_current_loop_version"
            ),
        ]


class Dossier(models.Model):
    """A running or finished loop. `awaits` holds the seats that may act on it now: see `audience`."""

    loop = models.CharField(max_length=100)
    definition = models.ForeignKey(LoopVersion, on_delete=models.PROTECT, related_name="dossiers")
    subject = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    office = models.CharField(max_length=100)
    requester = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=100)
    awaits = ArrayField(models.CharField(max_length=250), default=list)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_reason = models.CharField(max_length=20)
    counted_on = models.DateField()  # the day from which `days_left` count
    days_left = models.IntegerField()
    is_final = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_final=True, closed_at__isnull=False) | Q(is_final=False, closed_at=None),
                name="final_dossiers_are_closed",
            ),
            models.CheckConstraint(
                condition=~Q(due_reason="running") | Q(due_on__isnull=False), name="running_dossiers_are_due"
            ),
        ]
        indexes = [
            GinIndex(fields=["awaits"], name="dossier_awaits", condition=Q(is_final=False)),
            models.Index(fields=["loop", "subject", "id"]),
            models.Index(fields=["loop", "state", "id"]),
            models.Index(fields=["office", "is_final", "due_on"]),
        ]


class Step(models.Model):
    """One step of a dossier's history; never changed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=100, null=True)
    origin = models.CharField(max_length=100, null=True)
    state = models.CharField(max_length=100)
    by = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    at = models.DateTimeField()
    note = models.TextField()
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "seq"], name="step_once_a_place")]
