from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Order(models.Model):
    """An order: its row is the lock under which its money moves; the table refuses that more goes back than came."""

    number = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=200)
    party = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    reason = models.JSONField()
    office = models.CharField(max_length=60)
    account = models.CharField(max_length=40, default="")
    account_name = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=10)
    received = models.BigIntegerField(default=0)
    refunding = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=200, default="")
    receipt = models.CharField(max_length=40, default="")
    settled_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="orders_are_of_something"),
            models.CheckConstraint(
                condition=Q(received=0) | Q(received=F("amount")), name="orders_are_paid_once_and_whole"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunding__gte=F("refunded"), received__gte=F("refunding")),
                name="no_more_goes_back_than_came",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="payments_order_state"),
            models.Index(fields=["party", "-made_at"], name="payments_order_party"),
            models.Index(fields=["office", "-made_at"], name="payments_order_office"),
            models.Index(fields=["subject"], name="payments_order_subject"),
            models.Index(fields=["settled_on"], name="payments_order_settled"),
            models.Index(
                fields=["returned_on"], condition=~Q(returned_on=None), name="payments_order_returned"
            ),
        ]


class Refund(models.Model):
    """Something given back of an order."""

    key = models.CharField(primary_key=True, max_length=60)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    asked_key = models.CharField(max_length=200, unique=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10)
    problem = models.CharField(max_length=200, default="")
    settled_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refunds_are_of_something")]
        indexes = [
            models.Index(fields=["state"], name="payments_refund_state"),
            models.Index(fields=["settled_on"], name="payments_refund_settled"),
        ]


class Posting(models.Model):
    """A line of the ledger, of two sides; never changed. The key says which happening it books: once."""

    key = models.CharField(max_length=100, unique=True)
    order = models.CharField(max_length=40, db_index=True)
    debit = models.CharField(max_length=120)
    credit = models.CharField(max_length=120)
    fen = models.BigIntegerField()
    said = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="payments_postings_are_of_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="payments_postings_have_two_sides"),
        ]


class Statement(models.Model):
    """A day's statement and what holding it against our orders found."""

    day = models.DateField(primary_key=True)
    digest = models.CharField(max_length=64)
    lines = models.IntegerField()
    matched = models.IntegerField()
    booked = models.IntegerField()
    came = models.BigIntegerField()
    went = models.BigIntegerField()
    at = models.DateTimeField()


class Difference(models.Model):
    """A difference of a day, handled in one dossier."""

    day = models.DateField()
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    ours = models.CharField(max_length=100)
    theirs = models.CharField(max_length=100)
    dossier = models.BigIntegerField(null=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "key", "kind"], name="one_difference_of_a_day_and_key")
        ]


class Callback(models.Model):
    """A callback that was taken: its event is known, so that a second one changes nothing."""

    event = models.CharField(primary_key=True, max_length=80)
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=20)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
