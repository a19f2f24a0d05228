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
