from __future__ import annotations

from django.db import models


class InstalledPack(models.Model):
    """A pack as it stands on this node, and what it declared when it was installed: the next upgrade compares with it."""

    id = models.CharField(primary_key=True, max_length=100)
    manifest = models.JSONField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=20, default="installed", db_default="installed")
    declared = models.JSONField(default=dict, db_default={})
    archive = models.CharField(
        max_length=64, default="", db_default=""
    )  # the file that holds an archived pack
    reason = models.TextField(default="", db_default="")
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=200, default="", db_default="")
