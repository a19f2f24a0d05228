from __future__ import annotations

from django.db import models
from django.db.models import Q


class RulesVersion(models.Model):
    """Rule files under their digest, with those that they import; kept so that an old answer can be asked again."""

    id = models.CharField(primary_key=True, max_length=120)  # rules:digest
    rules = models.CharField(max_length=100)
    digest = models.CharField(max_length=16)
    files = models.BinaryField()  # msgpack: pairs of name and content, the rules' own file first
    pack = models.CharField(max_length=100)
    installed_at = models.DateTimeField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rules"], condition=Q(current=True), name="one_current_rules_version"
            ),
        ]


class Replay(models.Model):
    """A changed rule replayed over a population: what was asked, by whom, how far it is, and what came of it."""

    rules = models.CharField(max_length=100)
    decision = models.CharField(max_length=200)
    asked = models.JSONField()  # types.ReplayOrder without the file
    file_name = models.CharField(max_length=200, blank=True)
    changed = models.BinaryField(
        default=b""
    )  # the uploaded file; empty where an installed version is compared
    by = models.JSONField()  # name, title, office, roles of whoever asked: the job reads with their rights
    office = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20)
    rows = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(null=True)
    problem = models.JSONField(null=True)  # zh, en
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["rules", "-asked_at"])]
