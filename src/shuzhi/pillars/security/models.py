from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One decision or act. The database refuses to change or remove an entry (see the first migration)."""

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

    class Meta:
        indexes = [
            models.Index(fields=["target", "id"]),
            models.Index(fields=["action", "id"]),
            models.Index(fields=["actor", "id"]),
        ]


class AuditSeal(models.Model):
    """An entry's place in the chain: each link's hash covers the entry's digest and the link before it."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    link = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
