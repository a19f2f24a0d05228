from __future__ import annotations

from django.db import models
from django.db.models import F, Q

NEWEST = F("id") * -1
WAITING = {
    "matters_wait_office": ["office"],
    "matters_wait_matter": ["matter"],
    "matters_wait_both": ["office", "matter"],
    "matters_wait_state": [],
}


class Case(models.Model):
    """A case. Its number is made of the day, the id and a check digit; it is nowhere stored.

    `rank_at` orders what is open by its deadline: the due moment, or the end of time where the clock stands.
    """

    key = models.CharField(max_length=80, null=True, unique=True)
    matter = models.CharField(max_length=60)
    digest = models.CharField(max_length=16)
    office = models.CharField(max_length=60)
    applicant = models.CharField(max_length=200)
    scheme = models.CharField(max_length=20)
    holder = models.CharField(max_length=30)
    agent = models.CharField(max_length=200, default="")
    channel = models.CharField(max_length=20)
    submission = models.CharField(max_length=30, default="")
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=2000, default="")
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    rank_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_reason = models.CharField(max_length=20)
    unit = models.CharField(max_length=10)
    left = models.IntegerField()
    counted_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    is_instant = models.BooleanField(default=False)
    delivery = models.CharField(max_length=10)
    credential = models.CharField(max_length=40, default="")
    review = models.CharField(max_length=30, default="")
    objection = models.CharField(max_length=30, default="")
    check_dossier = models.CharField(max_length=30, default="")
    commitment = models.JSONField(default=dict)
    points = models.JSONField(default=list)
    materials = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    verdict = models.JSONField(default=dict)

    class Meta:
        app_label = "matters"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="granted") | Q(credential="") | Q(state="revoked") | Q(state="accepted"),
                name="credentials_of_what_is_granted",
            ),
        ]
        indexes = [
            # Lists: whatever is filtered, then the state, then the order (`cases.listing`).
            models.Index("office", "state", NEWEST, name="matters_list_office"),
            models.Index("matter", "state", NEWEST, name="matters_list_matter"),
            models.Index("office", "matter", "state", NEWEST, name="matters_list_both"),
            models.Index("state", NEWEST, name="matters_list_state"),
            *(
                models.Index(
                    fields=[*fields, "state", "rank_at", "id"], condition=Q(closed_at=None), name=name
                )
                for name, fields in WAITING.items()
            ),
            models.Index(fields=["applicant", "-id"], name="matters_case_applicant"),
            models.Index(fields=["scheme", "holder", "-id"], name="matters_case_holder"),
            models.Index(fields=["submission"], condition=~Q(submission=""), name="matters_case_submitted"),
            models.Index(fields=["review"], condition=~Q(review=""), name="matters_case_review"),
            models.Index(
                fields=["scheme", "holder"], condition=Q(state="revoked"), name="matters_case_broken"
            ),
        ]


class CaseStep(models.Model):
    """A line of a case's history; never changed. What statistics count stands in it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    by = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    office = models.CharField(max_length=60, null=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=2000, default="")
    matter = models.CharField(max_length=60)
    owner = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    in_time = models.BooleanField(null=True)
    is_instant = models.BooleanField(default=False)

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_case_step_a_turn")]
        indexes = [models.Index(fields=["at"], name="matters_step_at")]


class CaseDay(models.Model):
    """What happened on one day that is over, counted from its steps: statistics never read every case."""

    day = models.DateField()
    matter = models.CharField(max_length=60)
    office = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    action = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField()
    in_time = models.PositiveBigIntegerField()
    instant = models.PositiveBigIntegerField()

    class Meta:
        app_label = "matters"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "matter", "office", "channel", "action"], name="one_case_count_a_day"
            )
        ]
        indexes = [models.Index(fields=["office", "day"], name="matters_day_office")]


class CountedDay(models.Model):
    """The last day that has been counted; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    day = models.DateField()

    class Meta:
        app_label = "matters"
