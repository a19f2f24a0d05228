from __future__ import annotations

from django.db import models
from django.db.models import Q


class Rating(models.Model):
    """What one person says of one subject, as it stands now."""

    subject = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    office = models.CharField(max_length=100)
    matter = models.CharField(max_length=200, null=True)
    score = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500)
    rated_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    dossier = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "person"], name="one_rating_for_each_person"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="scores_are_1_to_5"),
        ]
        indexes = [models.Index(fields=["office", "-id"], name="ratings_of_an_office")]


class Change(models.Model):
    """A state of a rating (历次评价); never changed."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rating", "seq"], name="one_change_of_each_number")]
