from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    """A data set in the catalog. The declared schema is kept whole; what is searched or counted has columns."""

    id = models.CharField(primary_key=True, max_length=150)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    title_sort = models.CharField(max_length=300)
    owner = models.CharField(max_length=100)
    tier = models.CharField(max_length=20)
    theme = models.CharField(max_length=60)
    status = models.CharField(max_length=20)
    sharing = models.CharField(max_length=20)
    opening = models.CharField(max_length=20)
    update = models.CharField(max_length=20)
    synthetic = models.BooleanField()
    tags = ArrayField(models.CharField(max_length=100), default=list)
    formats = ArrayField(models.CharField(max_length=20), default=list)
    declared = models.JSONField()
    field_count = models.PositiveIntegerField()
    search_text = models.TextField()  # in capitals
    version = models.PositiveIntegerField(default=1)
    node = models.CharField(max_length=100, null=True)  # the node it was harvested from; null = our own
    publisher = models.CharField(max_length=300, null=True)  # who publishes it there
    pack = models.CharField(max_length=100, null=True)
    proposed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["status", "title_sort"]),
            models.Index(fields=["status", "owner"]),
            models.Index(fields=["status", "theme"]),
            models.Index(fields=["status", "-modified_at", "id"]),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="catalog_entry_words"),
            GinIndex(fields=["tags"], name="catalog_entry_tags"),
            GinIndex(fields=["formats"], name="catalog_entry_formats"),
        ]


class Harvest(models.Model):
    """How another node's catalog, collected as rows, becomes entries here."""

    id = models.CharField(primary_key=True, max_length=150)
    node = models.CharField(max_length=100)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    declared = models.JSONField()
    pack = models.CharField(max_length=100, null=True)

    class Meta:
        indexes = [models.Index(fields=["node"])]


class EntryVersion(models.Model):
    """What an entry said in an earlier version."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    declared = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "version"], name="entry_version_once")]


class LineageEdge(models.Model):
    """One step on the way of the data: something made `target` out of `origin`."""

    origin = models.CharField(max_length=200)
    target = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "target", "kind"], name="lineage_edge_once"),
        ]
        indexes = [models.Index(fields=["target"])]


class Change(models.Model):
    """A statement that changed entries; written by a trigger, so that what was counted before is counted anew."""

    at = models.DateTimeField()

    class Meta:
        db_table = "catalog_change"
