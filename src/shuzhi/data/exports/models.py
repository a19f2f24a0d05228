from __future__ import annotations

from django.db import models


class Export(models.Model):
    """The register of exports: every file that was made, and for whom. The mark's key follows from the id."""

    id = models.UUIDField(primary_key=True)
    dataset = models.CharField(max_length=150)
    channel = models.CharField(max_length=20)
    receiver = models.CharField(max_length=200)
    receiver_title = models.CharField(max_length=200)
    office = models.CharField(max_length=150, null=True)
    purpose = models.TextField()
    basis = models.TextField()
    form = models.CharField(max_length=10)
    fields = models.JSONField()
    marked = models.JSONField()
    rows = models.PositiveBigIntegerField()
    carriers = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dataset", "-at"], name="exports_of_a_dataset")]
