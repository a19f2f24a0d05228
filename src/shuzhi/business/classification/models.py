from __future__ import annotations

from django.db import models


class Review(models.Model):
    """A field whose values ask for more protection, in one dossier; no value is kept."""

    dataset = models.CharField(max_length=100)
    field = models.CharField(max_length=100)
    kinds = models.JSONField()
    counts = models.JSONField()
    rows = models.BigIntegerField()
    said_zh = models.TextField()
    said_en = models.TextField()
    grade = models.CharField(max_length=2)
    mask = models.CharField(max_length=20)
    asked_grade = models.CharField(max_length=2)
    asked_mask = models.CharField(max_length=20)
    dossier = models.BigIntegerField(unique=True)
    is_open = models.BooleanField(default=True)
    outcome = models.CharField(max_length=20, default="")  # raised, kept
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dataset", "field"])]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "field"], condition=models.Q(is_open=True), name="one_open_review_a_field"
            )
        ]
