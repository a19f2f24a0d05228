from __future__ import annotations

from django.db import models


class Matter(models.Model):
    """A matter's declaration as its pack gives it; `digest` tells one version from another."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    digest = models.CharField(max_length=16)
    pack = models.CharField(max_length=200)
    installed_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "matters"


class Vocabulary(models.Model):
    """A list of everyday words as its pack gives it."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    digest = models.CharField(max_length=16)
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "matters"
