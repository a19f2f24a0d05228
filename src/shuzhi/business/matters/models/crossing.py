from __future__ import annotations

from django.db import models

from shuzhi.business.matters.models.cases import Case


class Crossing(models.Model):
    """A case that another node handles (通办): what it must hear, how much of it has arrived, and how far its news are known here.

    `messages` go in their order; the first `arrived` are kept there, the first `taken` have been acted upon; of the files of
    the next one so many `pieces` are there. `seen` is the last step there that is written here.
    `problem` says in words why it waits, `result` holds the credential that the other node issued, as it signed it.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="crossing")
    interface = models.CharField(max_length=100)
    node = models.CharField(max_length=100, default="")
    messages = models.JSONField(default=list)
    arrived = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=0, db_default=0)
    number = models.CharField(max_length=40, default="")
    seen = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    failures = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    news_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "matters"
        indexes = [
            models.Index(fields=["next_at"], name="matters_crossing_next"),
            models.Index(fields=["begun_at"], name="matters_crossing_begun"),
        ]


class Came(models.Model):
    """A case that another node handed over (收到的通办件): from where, under which number there, and where it is told of."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="came")
    node = models.CharField(max_length=100)
    office = models.CharField(max_length=100)
    number = models.CharField(max_length=40)
    job = models.BigIntegerField()
    came_at = models.DateTimeField()

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["node", "number"], name="one_case_a_number_there")]
        indexes = [models.Index(fields=["came_at"], name="matters_came_at")]


class CaseFile(models.Model):
    """A file that came with a case from another node (随件材料); what is in it lies in the file store until `erased_at`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files", db_index=False)
    field = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "matters"
        constraints = [
            models.UniqueConstraint(fields=["case", "field", "sha256"], name="one_file_once_in_a_case")
        ]
        indexes = [models.Index(fields=["sha256"], name="matters_file_sha256")]
