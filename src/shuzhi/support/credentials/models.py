from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Kind(models.Model):
    """A kind of credential, as its pack declares it."""

    id = models.CharField(max_length=60, primary_key=True)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class Credential(models.Model):
    """An issued credential: the signed text, what can be shown of it, and what its issuer says of it today.

    `id` is also its place in the status lists, so that issuing waits for nobody.
    """

    number = models.CharField(max_length=40, unique=True)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT)
    office = models.CharField(max_length=100)
    scheme = models.CharField(max_length=30)
    holder = models.CharField(max_length=100)
    token = models.TextField()
    disclosures = ArrayField(models.TextField())
    state = models.CharField(max_length=10, default="valid")
    reason = models.CharField(max_length=300, default="")
    reference = models.CharField(max_length=200, null=True)
    issued_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="one_credential_a_reference"),
        ]
        indexes = [
            models.Index(fields=["scheme", "holder", "-issued_at"], name="credentials_holder"),
            models.Index(fields=["kind", "-issued_at"], name="credentials_of_kind"),
            models.Index(fields=["id"], name="credentials_ended", condition=~models.Q(state="valid")),
        ]


class Use(models.Model):
    """One use of a credential instead of paper."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT)
    office = models.CharField(max_length=100)
    purpose = models.CharField(max_length=200)
    matter = models.CharField(max_length=200, default="")
    fields = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10)
    via = models.CharField(max_length=10, default="")
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["credential", "-asked_at"], name="credentials_uses"),
            models.Index(fields=["asked_at"], name="credentials_use_day"),
        ]


class ShownOnCode(models.Model):
    """What a holder's one code shows: this credential, these fields; nothing else."""

    credential = models.OneToOneField(Credential, on_delete=models.CASCADE)
    fields = ArrayField(models.CharField(max_length=40))
    since = models.DateTimeField()


class SeenCode(models.Model):
    """A code that a verifier has seen, until it is over."""

    verifier = models.CharField(max_length=200)
    nonce = models.CharField(max_length=40)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verifier", "nonce"], name="a_code_once_a_verifier")]
        indexes = [models.Index(fields=["until"])]


class Certificate(models.Model):
    """A certificate of the node's own authority: of the authority itself, or of the key that seals PDF files."""

    role = models.CharField(max_length=10)
    key = models.CharField(max_length=40)
    pem = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "key"], name="one_certificate_a_key")]
