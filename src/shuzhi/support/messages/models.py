from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Template(models.Model):
    """A template as its pack declares it."""

    id = models.CharField(max_length=60, primary_key=True)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class Message(models.Model):
    """An accepted message, as it was worded when it was accepted."""

    template = models.CharField(max_length=60)
    recipient = models.CharField(max_length=120)
    title = models.JSONField()
    text = models.JSONField()
    short = models.JSONField(null=True)
    key = models.CharField(max_length=200, null=True)
    request = models.CharField(max_length=60, default="")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "key"], name="one_message_a_key")]
        indexes = [
            models.Index(fields=["recipient", "-at"], name="notices_inbox"),
            models.Index(fields=["request"], name="notices_of_request", condition=~models.Q(request="")),
        ]


class Delivery(models.Model):
    """A message on its way on one channel; its lane is the destination that it shares with others."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=500)
    lane = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    reference = models.CharField(max_length=120, default="")
    problem = models.CharField(max_length=300, default="")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "not_before", "id"],
                name="notices_waiting",
                condition=models.Q(state__in=["accepted", "failed"]),
            ),
            models.Index(fields=["reference"], name="notices_wait_receipt", condition=models.Q(state="sent")),
        ]


class Lane(models.Model):
    """A destination that does not answer, and when it is tried again."""

    id = models.CharField(max_length=120, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()


class Contact(models.Model):
    """Where somebody is reached, and how they want to be: `recipient` is an account or a number."""

    recipient = models.CharField(max_length=120, primary_key=True)
    mail = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=20, default="")
    declined = ArrayField(models.CharField(max_length=10), default=list)
    changed_at = models.DateTimeField()


class Hook(models.Model):
    """Another system that is told by callback; the secret signs what it is told."""

    id = models.CharField(max_length=60, primary_key=True)
    url = models.CharField(max_length=500)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Client(models.Model):
    """An outside system that may send mail through us; its key is not kept."""

    id = models.CharField(max_length=60, primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    office = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Request(models.Model):
    """What an outside system asked for in one call."""

    id = models.CharField(max_length=60, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    count = models.IntegerField()
    at = models.DateTimeField()
