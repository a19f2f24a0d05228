from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class LoopVersion(models.Model):
    """A loop's definition under its hash; kept for as long as a dossier was opened under it."""

    id = models.CharField(primary_key=True, max_length=16)
    loop = models.CharField(max_length=100)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)
    installed_at = models.DateTimeField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loop"], condition=Q(current=True), name="one_current_loop_version"
            ),
        ]


class Dossier(models.Model):
    """A running or finished loop. `awaits` holds the seats that may act on it now: see `audience`."""

    loop = models.CharField(max_length=100)
    definition = models.ForeignKey(LoopVersion, on_delete=models.PROTECT, related_name="dossiers")
    subject = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    office = models.CharField(max_length=100)
    requester = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=100)
    awaits = ArrayField(models.CharField(max_length=250), default=list)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_reason = models.CharField(max_length=20)
    counted_on = models.DateField()  # the day from which `days_left` count
    days_left = models.IntegerField()
    is_final = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    # Who has it in hand, beside whom, and why it stands still: see `handling`.
    holder = models.CharField(max_length=200, null=True)
    helpers = ArrayField(models.CharField(max_length=200), default=list)
    paused = models.CharField(max_length=300, default="", db_default="")
    warned = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_final=True, closed_at__isnull=False) | Q(is_final=False, closed_at=None),
                name="final_dossiers_are_closed",
            ),
            models.CheckConstraint(
                condition=~Q(due_reason="running") | Q(due_on__isnull=False), name="running_dossiers_are_due"
            ),
        ]
        indexes = [
            GinIndex(fields=["awaits"], name="dossier_awaits", condition=Q(is_final=False)),
            models.Index(fields=["loop", "subject", "id"]),
            models.Index(fields=["loop", "state", "id"]),
            models.Index(fields=["office", "is_final", "due_on"]),
            models.Index(
                fields=["requester", "-id"],
                name="dossiers_of_a_requester",
                condition=Q(requester__isnull=False),
            ),
        ]


class Step(models.Model):
    """One step of a dossier's history; never changed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=100, null=True)
    origin = models.CharField(max_length=100, null=True)
    state = models.CharField(max_length=100)
    by = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    at = models.DateTimeField()
    note = models.TextField()
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "seq"], name="step_once_a_place")]


class ProcessVersion(models.Model):
    """A process's definition under its hash; kept for as long as a case runs under it."""

    id = models.CharField(primary_key=True, max_length=16)
    process = models.CharField(max_length=200)
    declared = models.JSONField()
    begins_by = models.CharField(max_length=20, default="")
    begins_name = models.CharField(max_length=200, default="")
    # When the next case begins by itself, and how often it still will; None: never.
    due_at = models.DateTimeField(null=True)
    turns = models.PositiveIntegerField(null=True)
    pack = models.CharField(max_length=100)
    installed_at = models.DateTimeField()
    current = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process"], condition=Q(current=True), name="one_current_process_version"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="process_begins_at", condition=Q(current=True, due_at__isnull=False)
            ),
        ]


NEWEST = F("id") * -1


class ProcessCase(models.Model):
    """A running or finished process. `variables` are the case's data, `snapshot` the engine's place in the flow."""

    process = models.CharField(max_length=200)
    definition = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="cases")
    subject = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    office = models.CharField(max_length=100)
    requester = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=20)
    problem = models.JSONField(null=True)
    variables = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    standing = ArrayField(models.CharField(max_length=400), default=list)
    passed = ArrayField(models.CharField(max_length=400), default=list)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)  # when the worker shall try again what it has to do here
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            # One for each way in which lists are asked for, the newest first: see `processes.queries.cases`.
            models.Index("subject", NEWEST, name="process_case_subject"),
            models.Index("process", NEWEST, name="process_case_process"),
            models.Index("process", "state", NEWEST, name="process_case_process_state"),
            models.Index("office", NEWEST, name="process_case_office"),
            models.Index("office", "state", NEWEST, name="process_case_office_state"),
            models.Index("state", NEWEST, name="process_case_state"),
            models.Index("requester", NEWEST, name="process_asked_for", condition=Q(requester__isnull=False)),
            models.Index(fields=["definition", "state"]),
            models.Index(fields=["retry_at"], name="process_to_retry", condition=Q(retry_at__isnull=False)),
        ]


class ProcessTask(models.Model):
    """A task of a case that waits for a person, or waited."""

    case = models.ForeignKey(ProcessCase, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField()
    element = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    instance = models.PositiveIntegerField(null=True)
    office = models.CharField(max_length=100)
    form = models.CharField(max_length=200, default="")
    inputs = models.JSONField(default=dict)
    awaits = ArrayField(models.CharField(max_length=250), default=list)
    pool = ArrayField(models.CharField(max_length=250), default=list)
    holder = models.CharField(max_length=200, null=True)
    helpers = ArrayField(models.CharField(max_length=200), default=list)
    paused = models.CharField(max_length=300, default="")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_reason = models.CharField(max_length=20)
    counted_on = models.DateField()
    days_left = models.IntegerField()
    amber = models.PositiveSmallIntegerField(default=0)
    escalate = ArrayField(models.CharField(max_length=50), default=list)
    warned = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="process_task_once")]
        indexes = [
            GinIndex(fields=["awaits"], name="process_task_awaits", condition=Q(is_open=True)),
            models.Index(fields=["due_on"], name="process_task_due", condition=Q(is_open=True)),
            models.Index(fields=["holder"], name="process_task_held", condition=Q(is_open=True)),
        ]


class ProcessTimer(models.Model):
    """When a case wants to be woken: the index that is asked, so that no case is."""

    case = models.ForeignKey(ProcessCase, on_delete=models.CASCADE, related_name="timers")
    number = models.PositiveIntegerField()
    element = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="process_timer_due")]


class ProcessWait(models.Model):
    """A message or signal that a case waits for."""

    case = models.ForeignKey(ProcessCase, on_delete=models.CASCADE, related_name="waits")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["kind", "name", "key"], name="process_wait_for")]


class ProcessStep(models.Model):
    """One step of a case: what came from outside. Replayed in their order they give the present state."""

    case = models.ForeignKey(ProcessCase, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    element = models.CharField(max_length=200, default="")
    payload = models.JSONField(default=dict)
    definition = models.CharField(max_length=16)
    by = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    at = models.DateTimeField()
    note = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="process_step_once")]


class Handled(models.Model):
    """What was done about something in the inbox beside the steps themselves: claimed, handed on, reminded, paused."""

    item = models.CharField(max_length=40)  # dossier/7, task/9
    what = models.CharField(max_length=20)
    to = models.CharField(max_length=200, default="")
    note = models.TextField(default="")
    by = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["item", "id"])]


class Seat(models.Model):
    """A seat that an item of the inbox waits for, by when it is due: an inbox is read from here in its order.

    Kept by triggers of the tables of dossiers and tasks, so that no writer can forget it (migration 0005).
    """

    pk = models.CompositePrimaryKey("kind", "item", "seat")
    kind = models.CharField(max_length=10)  # dossier, task
    item = models.BigIntegerField()
    seat = models.CharField(max_length=250)
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["seat", "kind", "due_on", "item"], include=["opened_at"], name="seat_by_due"
            ),
        ]
