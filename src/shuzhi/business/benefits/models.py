from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Policy(models.Model):
    """A benefit's declaration as its pack gives it."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class Budget(models.Model):
    """A period's money in fen. Its row is the lock under which money is set aside; the table refuses to overspend."""

    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    total = models.BigIntegerField()
    reserved = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "period"], name="one_budget_a_period"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, paid__gte=0, total__gte=F("reserved") + F("paid")),
                name="budget_never_overspent",
            ),
        ]


class Finding(models.Model):
    """Somebody entitled in a period. `priority` orders the waiting list; equal ones go by recipient."""

    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    recipient = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    amount = models.BigIntegerField()
    facts = models.JSONField()
    because = models.CharField(max_length=500)
    rules = models.CharField(max_length=64)
    priority = ArrayField(models.DecimalField(max_digits=38, decimal_places=10), default=list)
    state = models.CharField(max_length=20)
    account = models.CharField(max_length=40)
    account_name = models.CharField(max_length=300)
    reason = models.CharField(max_length=500, default="")
    seen_run = models.BigIntegerField(null=True)
    is_doubted = models.BooleanField(default=False)
    repaid = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "period", "recipient"], name="one_benefit_a_period_and_recipient"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="benefits_are_of_something"),
            models.CheckConstraint(
                condition=Q(repaid__gte=0, repaid__lte=F("amount")), name="no_more_comes_back_than_went"
            ),
        ]
        indexes = [
            models.Index(
                fields=["policy", "period", "state", "priority", "recipient"], name="benefits_queue"
            ),
            models.Index(fields=["recipient"], name="benefits_recipient"),
        ]


class Run(models.Model):
    """One run of a policy over its register, with how far it is."""

    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    by = models.JSONField()
    asked_at = models.DateTimeField()
    rows = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    eligible = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    lapsed = models.BigIntegerField(default=0)
    in_sql = models.BooleanField(default=True)
    reasons = models.JSONField(default=dict)
    problem = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["policy", "-id"], name="benefits_run_policy")]


class Order(models.Model):
    """One attempt to pay a finding. At most one of a finding's orders is under way or has arrived."""

    key = models.CharField(primary_key=True, max_length=60)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="orders")
    attempt = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    account = models.CharField(max_length=40)
    account_name = models.CharField(max_length=300)
    state = models.CharField(max_length=20)
    problem = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "attempt"], name="one_order_an_attempt"),
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(state__in=["waiting", "sent", "settled"]),
                name="one_live_order_a_finding",
            ),
        ]
        indexes = [models.Index(fields=["state", "made_at"], name="benefits_order_state")]


class Posting(models.Model):
    """A line of the ledger, of two sides; never changed. The key says which happening it books: once."""

    key = models.CharField(max_length=100, unique=True)
    debit = models.CharField(max_length=120)
    credit = models.CharField(max_length=120)
    fen = models.BigIntegerField()
    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    finding = models.BigIntegerField(null=True)
    said = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="postings_are_of_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="postings_have_two_sides"),
        ]
        indexes = [
            models.Index(fields=["policy", "period", "id"], name="benefits_posting_policy"),
            models.Index(fields=["finding"], name="benefits_posting_finding"),
        ]


class Appeal(models.Model):
    """Somebody who says that the finding, or that there is none, is wrong; handled in one dossier."""

    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    recipient = models.CharField(max_length=60)
    dossier = models.BigIntegerField(unique=True)
    said = models.TextField()
    is_open = models.BooleanField(default=True)
    finding = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "period", "recipient"],
                condition=Q(is_open=True),
                name="one_open_appeal_a_recipient",
            ),
        ]


class SandboxTransfer(models.Model):
    """What the sandbox bank carried out: its own book, that the platform sees through the driver only."""

    key = models.CharField(primary_key=True, max_length=60)
    amount = models.BigIntegerField()
    account = models.CharField(max_length=40)
    account_name = models.CharField(max_length=300)
    state = models.CharField(max_length=20)
    problem = models.CharField(max_length=200, default="")
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
