from __future__ import annotations

from django.db import models


class Law(models.Model):
    """A law or rule, as its pack declares it."""

    id = models.CharField(primary_key=True, max_length=100)
    title_zh = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField(null=True)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)
