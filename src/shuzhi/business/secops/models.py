from __future__ import annotations

from django.db import models


class Rule(models.Model):
    """A rule of unusual access, as its pack declares it."""

    id = models.CharField(primary_key=True, max_length=40)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)


class Follower(models.Model):
    """How far the log has been read: the place from which the next scan goes on. One row."""

    id = models.SmallIntegerField(primary_key=True)
    place = models.BigIntegerField(default=0)


class CallerDay(models.Model):
    """What one caller did on one day in China, counted from the log."""

    caller = models.CharField(max_length=200)
    day = models.DateField()
    office = models.CharField(max_length=100, null=True)
    calls = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    missed = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    fresh = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "day"], name="caller_day_once")]


class Seen(models.Model):
    """What a caller has used before: an interface, a purpose."""

    caller = models.CharField(max_length=200)
    what = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "what"], name="seen_once")]


class Incident(models.Model):
    """A caller's unusual days by one rule, handled in one dossier."""

    rule = models.CharField(max_length=40)
    caller = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    day = models.DateField()
    days = models.IntegerField(default=1)
    figures = models.JSONField()
    said_zh = models.TextField()
    said_en = models.TextField()
    dossier = models.BigIntegerField(unique=True)
    is_open = models.BooleanField(default=True)
    contained_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "caller"], condition=models.Q(is_open=True), name="one_open_incident_each"
            ),
        ]
        indexes = [models.Index(fields=["caller", "day"])]


class Exemption(models.Model):
    """A declared exception of a rule for a caller, with its last day."""

    rule = models.CharField(max_length=40)
    caller = models.CharField(max_length=200)
    up_to = models.BigIntegerField()
    until = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
