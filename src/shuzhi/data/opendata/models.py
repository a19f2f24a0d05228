from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from shuzhi.data.opendata.types import OpeningState

LONGEST_VALUE = 200


class Release(models.Model):
    """One opening of a data set: its rows in a table of their own, its files in the file store."""

    id = models.UUIDField(primary_key=True)
    dataset = models.CharField(max_length=150)
    number = models.PositiveIntegerField()
    licence = models.CharField(max_length=100)
    columns = models.JSONField()
    masked = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField()
    files = models.JSONField()
    resources = ArrayField(models.CharField(max_length=40), default=list)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    extent = models.JSONField(null=True)  # where and when its rows are, if they have places

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["dataset"], condition=models.Q(withdrawn_at=None), name="one_release_is_current"
            ),
        ]
        indexes = [GinIndex(fields=["resources"], name="opendata_release_resources")]


class RowCount(models.Model):
    """How many rows of a release have a value, counted when it was made."""

    release = models.UUIDField()
    column = models.CharField(max_length=63)
    value = models.CharField(max_length=LONGEST_VALUE, null=True)
    rows = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["release", "column"], name="opendata_rowcount_column")]


class Opening(models.Model):
    """One request to open a data set, and what became of it; each data set has at most one under way."""

    dataset = models.CharField(max_length=150)
    licence = models.CharField(max_length=100, blank=True)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=OpeningState.WAITING.value)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    release = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"], condition=models.Q(ended_at=None), name="one_opening_under_way"
            )
        ]
        indexes = [models.Index(fields=["dataset", "-id"], name="opendata_opening_latest")]


class Download(models.Model):
    """How often a file was downloaded on a day; no more is kept about the public."""

    dataset = models.CharField(max_length=150)
    format = models.CharField(max_length=20)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "format", "day"], name="download_counted_once_a_day")
        ]
