from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper


class Register(models.Model):
    """A register's declaration and the figures of its last build."""

    id = models.CharField(primary_key=True, max_length=100)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)
    built_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=64, null=True)  # of what the last build depended on
    followed = models.BooleanField(default=False, db_default=False)  # whether builds note each change


class Entity(models.Model):
    """A golden record. `golden` maps fields to values, `provenance` maps fields to their source."""

    id = models.CharField(primary_key=True, max_length=40)
    register = models.CharField(max_length=100)
    label = models.CharField(max_length=400)
    label_sort = models.CharField(max_length=300)
    golden = models.JSONField()
    provenance = models.JSONField()
    updated_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["register", "label_sort", "id"]),
            # Places are how every register is browsed.
            models.Index(
                "register", KeyTextTransform("town", "golden"), "label_sort", name="registers_entity_town"
            ),
            # Lists of the exchange filter by exact values of any field.
            GinIndex(fields=["golden"], name="registers_entity_golden", opclasses=["jsonb_path_ops"]),
            GinIndex(OpClass(Upper("label"), name="gin_trgm_ops"), name="registers_entity_label"),
        ]


class Identifier(models.Model):
    """A value that names an entity, such as its USCC."""

    register = models.CharField(max_length=100)
    scheme = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="identifiers")

    class Meta:
        indexes = [models.Index(fields=["register", "scheme", "value"])]


class Member(models.Model):
    """A source's record and the entity it belongs to; what keeps ids stable from build to build."""

    register = models.CharField(max_length=100)
    record = models.CharField(max_length=300)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="members")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "record"], name="member_once")]


class EntityVersion(models.Model):
    """What a golden record said before a build changed it."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="versions")
    golden = models.JSONField()
    provenance = models.JSONField()
    until = models.DateTimeField()


class Change(models.Model):
    """What a build did to one entity of a register that is followed: what it says now, and what it said before.

    Builds of a register come one after the other, so the numbers of its changes rise in the order of their commits.
    """

    register = models.CharField(max_length=120)
    entity = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    golden = models.JSONField()
    before = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["register", "id"]), models.Index(fields=["at"])]


class Conflict(models.Model):
    """A field on which the sources of one entity differ, or a record that fits several entities."""

    register = models.CharField(max_length=100)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=100)
    chosen = models.TextField()
    values = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["register", "field", "id"])]


class Tally(models.Model):
    """How many records had a value of a field on a day, by the data set that named them; written by each build."""

    register = models.CharField(max_length=100)
    day = models.DateField()
    field = models.CharField(max_length=100)
    value = models.CharField(max_length=200, null=True)
    source = models.CharField(max_length=150)
    records = models.PositiveIntegerField()
    disputed = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["register", "field", "day"])]
