from __future__ import annotations

from django.db import models


class InstalledPack(models.Model):
    """A pack as it was last installed on this node."""

    id = models.CharField(primary_key=True, max_length=100)
    manifest = models.JSONField()
    digest = models.CharField(max_length=64)
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=200)
