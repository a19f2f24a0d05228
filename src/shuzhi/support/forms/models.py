from __future__ import annotations

from django.db import models
from django.db.models import Q

from shuzhi.pillars.security.erasing.columns import ErasableJSONField


class FormVersion(models.Model):
    """A form under its digest; kept for as long as something was filled in under it."""

    id = models.CharField(primary_key=True, max_length=120)  # form:digest
    form = models.CharField(max_length=100)
    version = models.CharField(max_length=30)
    text = models.TextField()  # the file as the pack has it
    pack = models.CharField(max_length=100)
    installed_at = models.DateTimeField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form"], condition=Q(current=True), name="one_current_form_version"),
        ]  # fmt: skip


class Filling(models.Model):
    """A form that somebody fills in: answers as texts, what registers said, and which version asked."""

    number = models.CharField(max_length=30, unique=True, null=True)
    form = models.CharField(max_length=100)
    definition = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="fillings")
    state = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    subject = models.CharField(
        max_length=200, blank=True
    )  # the identifier itself, as the form's subject names it
    task = models.CharField(max_length=200, blank=True)
    answers = ErasableJSONField(default=dict)
    known = ErasableJSONField(default=dict)
    facts = ErasableJSONField(default=dict)
    down = models.JSONField(default=list)
    lost = ErasableJSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-saved_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "account", "subject", "task"],
                condition=Q(state="draft"),
                name="one_draft_of_a_form_for_a_task",
            ),
        ]

    def erasable_owner(self) -> str | None:
        """Whose key seals a draft's answers, until they are submitted: the person's, or the account's."""
        at_a_desk = self.channel == "desk"  # that is the office's own work
        return owner_of(self.subject or self.account) if self.state == "draft" and not at_a_desk else None


def owner_of(whose: str) -> str:
    """The owner of erasable values: a subject's identifier, or an account where no subject is known."""
    return f"forms {whose}"


class Submission(models.Model):
    """What was submitted, once for each filling, with the signature over it."""

    filling = models.OneToOneField(Filling, on_delete=models.PROTECT, related_name="submission")
    number = models.CharField(max_length=30, unique=True)
    form = models.CharField(max_length=100)
    version = models.CharField(max_length=120)
    document = models.TextField()  # canonical JSON: what the digest is of
    digest = models.CharField(max_length=64)
    signature = models.JSONField()
    corrected = models.JSONField(default=dict)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["form", "-at"])]


class HandedInFile(models.Model):
    """A file of a filling; what is in it lies in the file store."""

    filling = models.ForeignKey(Filling, on_delete=models.PROTECT, related_name="files")
    field = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    # The submission that it was handed in with before, where it was not uploaded again.
    earlier = models.CharField(max_length=40, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filling", "field", "sha256"], name="one_file_once_in_a_field"),
        ]
