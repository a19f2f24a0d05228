from __future__ import annotations

from django.db import models


class Indicator(models.Model):
    """An indicator's definition, as its pack declares it."""

    id = models.CharField(primary_key=True, max_length=40)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)


class IndicatorValue(models.Model):
    """An indicator on one day, with the things it counted, so that the figure opens."""

    indicator = models.CharField(max_length=40)
    day = models.DateField()
    numerator = models.PositiveBigIntegerField()
    denominator = models.PositiveBigIntegerField()
    value = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    counted = models.JSONField()
    missing = models.JSONField()
    undecidable = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "day"], name="indicator_value_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(numerator__lte=models.F("denominator")), name="indicator_value_is_a_share"
            ),
        ]
