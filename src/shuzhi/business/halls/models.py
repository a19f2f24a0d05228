from __future__ import annotations

from django.db import models


class Hall(models.Model):
    """A hall's declaration as its pack gives it."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    pack = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)


class LastNumber(models.Model):
    """The last number of a queue on a day: the row that those who take a number wait for."""

    hall = models.CharField(max_length=60)
    day = models.DateField()
    queue = models.CharField(max_length=40)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "queue"], name="halls_one_last_number"),
        ]


class Ticket(models.Model):
    """A place in a queue of one day. `rank_at` orders the queue: when it counts as taken."""

    hall = models.CharField(max_length=60)
    day = models.DateField()
    queue = models.CharField(max_length=40)
    number = models.CharField(max_length=10)
    precedence = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    window = models.CharField(max_length=40, default="")
    wanted_window = models.CharField(max_length=40, default="")  # after a transfer to a certain one
    clerk = models.CharField(max_length=100, default="")
    calls = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=12)
    taken_at = models.DateTimeField()
    rank_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)  # the first time
    last_called_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    returned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "number"], name="halls_one_ticket_a_number"),
            models.UniqueConstraint(
                fields=["hall", "day", "window"],
                condition=models.Q(state__in=["called", "serving"]),
                name="halls_one_ticket_at_a_window",
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "day", "state", "rank_at"], name="halls_ticket_queue"),
        ]


class Appointment(models.Model):
    """A booked time. Whoever booked it is an account; the code is told to them and typed in at the kiosk."""

    hall = models.CharField(max_length=60)
    queue = models.CharField(max_length=40)
    begins_at = models.DateTimeField()
    day = models.DateField()
    account = models.CharField(max_length=100)
    code = models.CharField(max_length=10)
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "code"], name="halls_one_code_a_day"),
            models.UniqueConstraint(
                fields=["hall", "day", "account"],
                condition=models.Q(cancelled_at=None),
                name="halls_one_appointment_a_day",
            ),
        ]


class LookUp(models.Model):
    """How often a case was looked up with a wrong proof on a day. The rows go when the day is closed."""

    number = models.CharField(max_length=40)
    day = models.DateField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "day"], name="halls_one_count_a_day")]
