from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Source(models.Model):
    """A registered source: which office sends which data set, how, and how far a database has been read."""

    id = models.CharField(primary_key=True, max_length=150)
    dataset = models.CharField(max_length=150)
    office = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    declared = models.JSONField()
    reached = models.TextField(null=True)  # the watermark up to which a database has been collected
    pack = models.CharField(max_length=100, null=True)
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(
        null=True
    )  # its pack is disabled: nothing more is taken, what came stays

    class Meta:
        indexes = [models.Index(fields=["dataset"]), models.Index(fields=["office"])]


class Batch(models.Model):
    """What was handed in at once, and its receipt. The database itself refuses a receipt that does not balance."""

    id = models.CharField(primary_key=True, max_length=180)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    dataset = models.CharField(max_length=150)
    office = models.CharField(max_length=100)
    seq = models.BigIntegerField()
    mode = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    turn = models.PositiveIntegerField(default=1)  # content that holds anew after other content came between
    size = models.BigIntegerField()
    declared_rows = models.BigIntegerField(null=True)
    reaches = models.TextField(null=True)  # the highest watermark in it, for a database
    received = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    problem = models.JSONField(null=True)
    notices = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "seq"], name="sources_batch_order"),
            models.UniqueConstraint(
                fields=["source", "mode", "sha256", "turn"],
                condition=~Q(status="failed"),
                name="sources_content_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="collected")
                | Q(received=F("accepted") + F("quarantined") + F("duplicates"), collected_at__isnull=False),
                name="sources_receipt_balances",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "-seq"]),
            models.Index(fields=["-received_at", "id"]),
            models.Index(fields=["status"]),
        ]


class Progress(models.Model):
    """How far a batch that is being collected has come; gone with its receipt."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    step = models.CharField(max_length=20)
    expected = models.BigIntegerField(null=True)  # rows, where the sender said how many
    read = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    at = models.DateTimeField()


class QuarantinedCell(models.Model):
    """Why a row waits in quarantine; a row with several faults has several. The value is masked by its grade."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="cells")
    row = models.BigIntegerField()
    column = models.TextField(null=True)
    field = models.CharField(max_length=100, null=True)
    value = models.TextField(null=True)
    reason = models.CharField(max_length=40)
    zh = models.TextField()
    en = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["batch", "row", "id"]), models.Index(fields=["batch", "reason"])]
