from __future__ import annotations

from django.db import models


class Rule(models.Model):
    """A rule of unusual access, as its pack declares it."""

    id = models.CharField(primary_key=True, max_length=40)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)


class Follower(models.Model):
    """How far the log has been read: the place from which the next scan goes on. One row."""

    id = models.SmallIntegerField(primary_key=True)
    place = models.BigIntegerField(default=0)


class CallerDay(models.Model):
    """What one caller did on one day in China, counted from the log."""

    caller = models.CharField(max_length=200)
    day = models.DateField()
    office = models.CharField(max_length=100, null=True)
    calls = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    missed = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    fresh = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "day"], name="caller_day_once")]


class Seen(models.Model):
    """What a caller has used before: an interface, a purpose."""

    caller = models.CharField(max_length=200)
    what = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "what"], name="seen_once")]


class Incident(models.Model):
    """A caller's unusual days by one rule, handled in one dossier."""

    rule = models.CharField(max_length=40)
    caller = models.CharField(max_length=200)
    office = models.CharField(max_length=100, null=True)
    day = models.DateField()
    days = models.IntegerField(default=1)
    figures = models.JSONField()
    said_zh = models.TextField()
    said_en = models.TextField()
    dossier = models.BigIntegerField(unique=True)
    is_open = models.BooleanField(default=True)
    contained_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    title_zh = models.CharField(max_length=200, default="")
    title_en = models.CharField(max_length=200, default="")
    severity = models.CharField(max_length=10, default="")
    outcome = models.CharField(max_length=40, default="")  # the loop's final state
    drill = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "caller"],
                condition=models.Q(is_open=True, drill=None),
                name="one_open_incident_each",
            ),
        ]
        indexes = [models.Index(fields=["caller", "day"])]


class Exemption(models.Model):
    """A declared exception of a rule for a caller, with its last day."""

    rule = models.CharField(max_length=40)
    caller = models.CharField(max_length=200)
    up_to = models.BigIntegerField()
    until = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()


class Asset(models.Model):
    """Something that is to be protected, as the platform's own registers told at the last stock-taking."""

    id = models.CharField(primary_key=True, max_length=240)
    kind = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    owner = models.CharField(max_length=100, default="")
    grade = models.CharField(max_length=2, default="")
    exposure = models.CharField(max_length=20)
    seen_at = models.DateTimeField()
    first_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=200, default="")
    note = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["kind", "id"]), models.Index(fields=["owner"])]


class Gap(models.Model):
    """What is missing in an office's assets, with the dossier in which it is mended."""

    kind = models.CharField(max_length=20)
    office = models.CharField(max_length=100)
    assets = models.JSONField()
    dossier = models.BigIntegerField(unique=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "office"], condition=models.Q(closed_at=None), name="one_open_gap_each"
            )
        ]


class ThirdPartyAccess(models.Model):
    """What a vendor may use, for what, answered for by whom, until when. `holder` is account/x or subscription/7."""

    vendor = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    holder = models.CharField(max_length=200)
    purpose = models.CharField(max_length=500)
    scope = models.CharField(max_length=500)
    sponsor = models.CharField(max_length=200)
    office = models.CharField(max_length=100)
    since = models.DateTimeField()
    until = models.DateTimeField()
    granted_by = models.CharField(max_length=200)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(ended_at=None), name="one_open_access_each"
            ),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="access_has_time"),
        ]
        indexes = [models.Index(fields=["ended_at", "until"])]


class Drill(models.Model):
    """An exercise: what is to happen, what happened, what is learnt."""

    title = models.CharField(max_length=200)
    plan = models.TextField()
    office = models.CharField(max_length=100)
    planned_on = models.DateField()
    counts = models.BooleanField(default=False)  # whether its incidents count in K17
    state = models.CharField(max_length=10, default="planned")
    planned_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    findings = models.TextField(default="")
    measures = models.JSONField(default=list)


class DrillNote(models.Model):
    """One line of a drill's record: an inject with its incident, or what somebody saw."""

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    text = models.CharField(max_length=1000)
    incident = models.BigIntegerField(null=True)


class ControlSet(models.Model):
    """Controls of a self-assessment, as a pack declares them."""

    id = models.CharField(primary_key=True, max_length=60)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)


class Statement(models.Model):
    """What somebody answers for where the platform can't see: a control that is met, or not."""

    control = models.CharField(max_length=120, unique=True)
    is_met = models.BooleanField()
    note = models.CharField(max_length=1000)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    until = models.DateField()


class Assessment(models.Model):
    """A self-assessment at a moment: each control with its state and evidence."""

    controls = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    results = models.JSONField()
