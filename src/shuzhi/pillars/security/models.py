from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTextTransform


class Entry(models.Model):
    """What an entry says; `block` and `place` tell where it stands if it came in a block."""

    at = models.DateTimeField()
    action = models.CharField(max_length=100)
    target = models.CharField(max_length=300)
    actor = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    purpose = models.CharField(max_length=300, null=True)
    basis = models.CharField(max_length=300, null=True)
    outcome = models.CharField(max_length=20, default="done")
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    subjects = ArrayField(models.CharField(max_length=32), null=True)
    block = models.BigIntegerField(null=True)
    place = models.SmallIntegerField(null=True)

    class Meta:
        abstract = True


class AuditEntry(Entry):
    """One decision or act. The database refuses to change or remove an entry (see the migrations)."""

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"]),
            models.Index(fields=["target", "at"]),
            models.Index(fields=["action", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(
                KeyTextTransform("request", "facts"),
                condition=models.Q(facts__has_key="request"),
                name="security_entry_request",
            ),
            GinIndex(
                fields=["subjects"],
                condition=models.Q(subjects__isnull=False),
                name="security_entry_subjects",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "place"],
                condition=models.Q(block__isnull=False),
                name="unfolded_once",
            ),
        ]


class AuditBlock(models.Model):
    """Entries that were written together, one canonical JSON a line; never changed or removed."""

    at = models.DateTimeField()
    count = models.IntegerField()
    entries = models.BinaryField()


class FoldedBlock(models.Model):
    """A block that waits to be unfolded. The database adds it with the block; unfolding takes it away."""

    block = models.OneToOneField(
        AuditBlock, on_delete=models.PROTECT, primary_key=True, related_name="+", db_constraint=False
    )


class Act(Entry):
    """Every committed entry, unfolded or not: a view over the entries and the folded blocks."""

    id = models.BigIntegerField(primary_key=True)  # null for an entry that is not unfolded

    class Meta:
        managed = False
        db_table = "security_act"


class AuditSeal(models.Model):
    """An entry's place in the chain: each link's hash covers the entry's digest and the link before it."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    link = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class AuditLog(models.Model):
    """The one log of this node: its name and the hash that it was begun with."""

    origin = models.CharField(max_length=100)
    algorithm = models.CharField(max_length=20)
    begun_at = models.DateTimeField()


class Unsealed(models.Model):
    """An entry or a block that waits for its place in the log. The database adds it with the row."""

    entry = models.BigIntegerField(null=True)
    block = models.BigIntegerField(null=True)


class AuditRun(models.Model):
    """Entries that stand one after the other in the log: `count` of them from place `first`, counted from 0.

    Either a whole block, or entries with consecutive ids from `entry`.
    """

    first = models.BigIntegerField(primary_key=True)
    count = models.IntegerField()
    entry = models.BigIntegerField(null=True)
    block = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(entry__isnull=False), name="entries_run_once"
            ),
            models.UniqueConstraint(
                fields=["block"], condition=models.Q(block__isnull=False), name="block_runs_once"
            ),
        ]


class AuditTile(models.Model):
    """Up to 256 hashes of the tree, see `log.merkle`. The database lets a tile only grow."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="one_tile")]


class AuditHead(models.Model):
    """A signed head: the log's root when it had `size` entries."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()


class Consent(models.Model):
    """A consent in force (生效的授权): who lets which office read which fields, for what, from when until when.

    One that is withdrawn is gone from here in the transaction of its withdrawal: what is not here is not given. Its
    history is kept where consents are given and withdrawn.
    """

    reference = models.CharField(max_length=60, unique=True)
    topic = models.CharField(max_length=100)
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=100)
    office = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300)
    fields = ArrayField(models.CharField(max_length=100))
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["scheme", "value", "topic", "office"], name="security_consent_subject"),
            models.Index(fields=["office", "topic", "until"], name="security_consent_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="consent_has_a_time"
            ),
        ]


class ConsentEnd(models.Model):
    """When a consent of a topic last ended for an office: copies that were made before are not given out any more."""

    topic = models.CharField(max_length=100)
    office = models.CharField(max_length=100)
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "office"], name="one_end_a_topic_and_office")]
