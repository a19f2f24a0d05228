from __future__ import annotations

from django.db import models


class Kind(models.Model):
    """A kind of archived cases as its pack declares it."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class Record(models.Model):
    """An archived case; its package lies in the file store under its digest."""

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, unique=True)
    title = models.JSONField()
    office = models.CharField(max_length=60)
    grade = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    closed_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    keep_until = models.DateField(null=True)
    faults = models.JSONField(default=dict)
    holds = models.BooleanField(default=False)
    checked_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200, default="")
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "-filed_at"], name="archive_record_office")]


class Closed(models.Model):
    """A closed case that is to be archived; K02 counts these against the records."""

    subject = models.CharField(primary_key=True, max_length=200)
    kind = models.CharField(max_length=60)
    closed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["closed_at"], name="archive_closed_at")]
