from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

LONG_ID = 60


class Revision(models.Model):
    """What an object said at a moment, serialized; locked but for its successor."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    place = models.BigIntegerField(unique=True)
    schema = models.CharField(max_length=40)
    object = models.CharField(max_length=LONG_ID)
    snapshot = models.TextField()
    digest = models.CharField(max_length=40)
    at = models.DateTimeField()
    individual = models.CharField(max_length=LONG_ID, default="")
    other = models.CharField(max_length=200, default="")
    predecessor_digest = models.CharField(max_length=40, default="")
    predecessor_signature = models.TextField(default="")
    successor = models.CharField(max_length=LONG_ID, default="")

    class Meta:
        indexes = [models.Index(fields=["schema", "object", "place"], name="market_revision_object")]


class Policy(models.Model):
    """A policy under which agreements stand, in the words of the GovStack contract."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    content = models.JSONField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)


class Agreement(models.Model):
    """An agreement (授权书). `content` is its form in the GovStack contract, `declared` what the pack said."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    content = models.JSONField()
    declared = models.JSONField(null=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=300)
    receivers = ArrayField(models.CharField(max_length=100), default=list)
    fields = ArrayField(models.CharField(max_length=100), default=list)
    days = models.IntegerField(default=365)
    policy = models.CharField(max_length=LONG_ID, default="")
    is_active = models.BooleanField(default=True)
    is_deleted = models.BooleanField(default=False)
    pack = models.CharField(max_length=200, null=True)
    made_at = models.DateTimeField()


class Individual(models.Model):
    """A person or firm that can consent; `office` registered it, empty for the platform's own."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    scheme = models.CharField(max_length=40, default="")
    value = models.CharField(max_length=100, default="")
    provider = models.CharField(max_length=200, default="")
    office = models.CharField(max_length=100, default="")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["scheme", "value"], name="market_individual_identity")]


class DataAccount(models.Model):
    """The account with which somebody sees to their own data (数据账户)."""

    username = models.CharField(max_length=100, unique=True)
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT)
    bound_by = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300)
    bound_at = models.DateTimeField()


class Signature(models.Model):
    """A signature over a consent, in the words of the GovStack contract."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    content = models.JSONField()
    made_at = models.DateTimeField()


class ConsentRecord(models.Model):
    """Who agreed to which revision of an agreement (授权记录), for whom, to what, how long, and how it was given."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT)
    agreed_revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", null=True)
    is_given = models.BooleanField()
    state = models.CharField(max_length=30)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True)
    receivers = ArrayField(models.CharField(max_length=100))
    purpose = models.CharField(max_length=300)
    fields = ArrayField(models.CharField(max_length=100))
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    via = models.CharField(max_length=10)
    by = models.CharField(max_length=200)
    office = models.CharField(max_length=100, default="")
    evidence = models.CharField(max_length=300, default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreed_revision", "individual"], name="one_consent_a_revision"),
        ]
        indexes = [models.Index(fields=["individual", "made_at"], name="market_consent_individual")]


class Client(models.Model):
    """An outside system that may use the consent API (外部系统): what it may do, for which office. Its token is not kept."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    office = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=20))
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
