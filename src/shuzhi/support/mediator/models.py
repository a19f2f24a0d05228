from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Client(models.Model):
    """An outside system; of its token only a hash is kept."""

    id = models.CharField(primary_key=True, max_length=60)
    office = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    grants = ArrayField(models.CharField(max_length=200), default=list)
    roles = ArrayField(models.CharField(max_length=40), default=list)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
