from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Ledger(models.Model):
    """A ledger; `counter` is the last number that a key was made of."""

    code = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    catalog = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=100)
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()


class Database(models.Model):
    """A version of a ledger's schema. Its number is an outside one where it came with one."""

    id = models.BigAutoField(primary_key=True)
    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="databases")
    version = models.CharField(max_length=30)
    schema = models.JSONField()
    facts = models.JSONField(default=dict)
    by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ledger", "version"])]


class Record(models.Model):
    """A record as it is now; what it was stands in its changes."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="records")
    uuid = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    content = models.JSONField()
    is_key_unique = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ledger", "key"]),
            models.Index(fields=["ledger", "uuid"]),
            GinIndex(fields=["content"], opclasses=["jsonb_path_ops"], name="ledgers_record_content"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "key"],
                condition=Q(ended_at=None, is_key_unique=True),
                name="ledgers_one_of_each_key",
            )
        ]


class Change(models.Model):
    """One change of a record: what it held before, and after; nothing before the first, nothing after the last."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.CharField(max_length=200)
    member = models.CharField(max_length=250)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "seq"], name="ledgers_changes_in_order")]


class Use(models.Model):
    """Somebody looked at a person's record; the person may ask who."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="uses")
    person = models.CharField(max_length=200)
    number = models.CharField(max_length=60, blank=True)
    reader = models.CharField(max_length=250)
    initials = models.CharField(max_length=20, blank=True)
    institution = models.CharField(max_length=200)
    institution_name = models.CharField(max_length=200, blank=True)
    application = models.CharField(max_length=200)
    references = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ledger", "person", "-at"])]
