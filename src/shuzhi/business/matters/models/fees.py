from __future__ import annotations

from django.db import models
from django.db.models import Q

from shuzhi.business.matters.models.cases import Case


class Assessed(models.Model):
    """What something costs in a case, worked out once (费用核定); the database refuses to change it.

    `part` is the matter of a journey's part, empty for the case's own. `document` is how a rule came to it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="fees", db_index=False)
    part = models.CharField(max_length=60, default="")
    title = models.JSONField()
    office = models.CharField(max_length=60)
    fen = models.BigIntegerField()
    because = models.CharField(max_length=500, default="")
    document = models.JSONField(default=dict)
    charge = models.CharField(max_length=20)
    refunded = models.BooleanField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "matters"
        constraints = [
            models.UniqueConstraint(fields=["case", "part"], name="one_fee_of_a_case_and_part"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="fees_are_not_below_nought"),
        ]


class LetOff(models.Model):
    """A part that its office did not grant: nothing is owed for it. Gone again where the case is taken up again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="let_off", db_index=False)
    part = models.CharField(max_length=60)
    why = models.CharField(max_length=500, default="")
    at = models.DateTimeField()

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["case", "part"], name="one_letting_off_of_a_part")]
