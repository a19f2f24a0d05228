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
    followed_at = models.DateTimeField(null=True)  # when receivers were told to delete, after it ended

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


class DeletionDuty(models.Model):
    """What an office has to delete, because the consent by which it got it has ended or was narrowed (删除义务), until it confirms."""

    consent = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="duties")
    office = models.CharField(max_length=100)
    fields = ArrayField(models.CharField(max_length=100))
    deliveries = models.PositiveIntegerField()
    last_delivery_at = models.DateTimeField()
    dossier = models.BigIntegerField(null=True, unique=True)
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, default="open")
    note = models.CharField(max_length=500, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "office", "opened_at"], name="one_duty_an_office_at_once"
            ),
        ]
        indexes = [models.Index(fields=["office", "outcome"], name="market_duty_office")]


class Forgetting(models.Model):
    """That somebody had everything forgotten that no law keeps (遗忘): how much it was, never what."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT)
    consents = models.PositiveIntegerField()
    drafts = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    others = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()


class Product(models.Model):
    """A data product (数据产品) as a pack declares it: an interface at a price, and who has which part of it."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    declared = models.JSONField()
    pack = models.CharField(max_length=200, null=True)


class Contract(models.Model):
    """An office or firm buys a product (合同), at the terms of the day on which it was signed."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="contracts")
    terms = models.JSONField()
    buyer = models.CharField(max_length=100)
    subscription = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()
    signed_by = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="contract_has_days"
            ),
        ]
        indexes = [models.Index(fields=["subscription"], name="market_contract_calls")]


class Statement(models.Model):
    """What a month of a contract comes to (结算单), in fen. Never changed: what was wrong is set right by a credit note."""

    number = models.CharField(max_length=40, primary_key=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="statements")
    month = models.DateField()
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credits")
    deliveries = models.PositiveBigIntegerField()
    fen = models.BigIntegerField()
    lines = models.JSONField()
    weights = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, default="")
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "month"], condition=models.Q(corrects=None), name="one_statement_a_month"
            ),
        ]


class Webhook(models.Model):
    """Where an outside system is told of events (回调), in the words of the GovStack contract. Its secret is sealed."""

    id = models.CharField(max_length=LONG_ID, primary_key=True)
    office = models.CharField(max_length=100)
    content = models.JSONField()
    sealed_secret = models.BinaryField(default=bytes)
    events = ArrayField(models.CharField(max_length=40))
    is_disabled = models.BooleanField(default=False)
    is_deleted = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    made_at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One event on its way to a webhook: numbers only, nothing of whom it is about."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    payload = models.JSONField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=300, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["webhook", "id"], condition=models.Q(state="waiting"), name="market_hook_waiting"
            ),
        ]
