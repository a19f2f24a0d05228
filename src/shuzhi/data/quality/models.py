from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class CheckRun(models.Model):
    """One check of one batch; a batch may be checked again, the latest run counts."""

    batch = models.CharField(max_length=180)
    source = models.CharField(max_length=150)
    dataset = models.CharField(max_length=150)
    office = models.CharField(max_length=100)
    seq = models.BigIntegerField()  # the batch's place among those of its data set
    rows = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    scores = models.JSONField()
    score = models.FloatField(null=True)
    failing = models.PositiveIntegerField()
    seconds = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["dataset", "-seq", "-id"]),
            models.Index(fields=["batch", "-id"]),
        ]


class RuleResult(models.Model):
    """What one rule found in one run."""

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="results")
    rule = models.CharField(max_length=100)
    zh = models.TextField()
    en = models.TextField()
    dimension = models.CharField(max_length=20)
    severity = models.CharField(max_length=20)
    place = models.CharField(max_length=20)
    fields = ArrayField(models.CharField(max_length=100), default=list)
    checked = models.BigIntegerField()
    failed = models.BigIntegerField()
    samples = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "rule"], name="rule_once_a_run"),
            models.CheckConstraint(
                condition=Q(failed__lte=F("checked")), name="no_more_fail_than_are_checked"
            ),
        ]


class Issue(models.Model):
    """Problem data of one rule of one data set; the dossier of the loop `quality-issue` says what happens to it."""

    dossier = models.BigIntegerField(primary_key=True)
    dataset = models.CharField(max_length=150)
    rule = models.CharField(max_length=100)
    zh = models.TextField()
    en = models.TextField()
    dimension = models.CharField(max_length=20)
    office = models.CharField(max_length=100)
    source = models.CharField(max_length=150)
    batch = models.CharField(max_length=180)
    failed = models.BigIntegerField()
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=20, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "rule"], condition=Q(closed_on=None), name="one_open_issue_a_rule"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, outcome=None) | Q(closed_on__isnull=False, outcome__isnull=False),
                name="closed_issues_have_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["office", "closed_on"]), models.Index(fields=["due_on"])]
