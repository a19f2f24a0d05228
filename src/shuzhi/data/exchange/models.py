from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Interface(models.Model):
    """An interface. `terms` is what the gateway serves it by: the declaration with the register's grades and masks.

    `declared` is what was proposed last, `served` what the terms were made from: the newest published version.
    `route_key` is the key under which the node that serves it knows this one.
    """

    id = models.CharField(primary_key=True, max_length=100)
    declared = models.JSONField()
    served = models.JSONField(null=True)
    terms = models.JSONField(null=True)
    owner = models.CharField(max_length=100)
    register = models.CharField(max_length=100)
    status = models.CharField(max_length=20)
    revision = models.PositiveIntegerField(default=1)
    pack = models.CharField(max_length=100, null=True)
    proposed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    route_key = models.CharField(max_length=40, default="")


class FormerVersion(models.Model):
    """An earlier version of an interface that is still served to those who are bound to it."""

    interface = models.ForeignKey(Interface, on_delete=models.PROTECT, related_name="former")
    version = models.PositiveIntegerField()
    declared = models.JSONField()
    terms = models.JSONField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interface", "version"], name="one_former_version")]


class Subscription(models.Model):
    """An office's right to call one version of an interface. `status` follows the dossier in which it was decided.

    A sandbox subscription has no dossier: it is given at once, and reads made-up rows only. `endpoint` is where events
    are pushed to; it was approved with the rest.

    `rows` limits it further than the interface does. `ground` are the division codes that are the office's own, where rows
    are told apart by division: a copy for the gateway, kept up by `services.scopes`. `certificates`, where there are any,
    are the fingerprints (SHA-256) of the client certificates with which alone it may be called.
    """

    interface = models.ForeignKey(Interface, on_delete=models.PROTECT, related_name="subscriptions")
    office = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField()
    daily_quota = models.PositiveIntegerField()
    fields = ArrayField(models.CharField(max_length=100), default=list)
    clearance = models.CharField(max_length=2)
    status = models.CharField(max_length=20)
    dossier = models.BigIntegerField(unique=True, null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    sandbox = models.BooleanField(default=False, db_default=False)
    endpoint = models.CharField(max_length=500, default="", db_default="")
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="")
    rows = models.JSONField(null=True)
    ground = models.JSONField(null=True)
    certificates = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="period_has_days"),
            models.CheckConstraint(
                condition=models.Q(sandbox=True) | models.Q(dossier__isnull=False),
                name="granted_by_a_dossier",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "id"]),
            models.Index(fields=["status", "until"]),
        ]


class Credential(models.Model):
    """A key of a subscription: a secret, sealed with the node's key and bound to this key id, or the caller's
    public key instead of it. `node` says that it is a node's: which, its keys, and who this one is.
    """

    key_id = models.CharField(primary_key=True, max_length=40)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="credentials")
    sealed_secret = models.BinaryField(default=bytes)
    public_key = models.CharField(max_length=130, default="")
    node = models.JSONField(null=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=models.Q(revoked_at=None), name="one_live_credential"
            ),
        ]


class DailyCount(models.Model):
    """Calls of a subscription that used its quota on one day, and its token bucket: `busy_until` is the time (in
    seconds of the epoch) by which all tokens taken so far have flowed in again. Gateways that claim in rows share both;
    one that claims in its memory writes the calls once a second.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="counts")
    day = models.DateField()
    calls = models.PositiveIntegerField()
    busy_until = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "day"], name="one_count_a_day")]
        indexes = [models.Index(fields=["day"])]


class Nonce(models.Model):
    """A nonce that was used, as a hash of key and nonce: seen by all gateway processes, forgotten once its
    timestamp is refused anyway.
    """

    mark = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        # Rows come in the order of time: a few pages of index tell where the old ones are.
        indexes = [BrinIndex(fields=["seen_at"], pages_per_range=16)]


class ClaimBlock(models.Model):
    """What calls claimed of a gateway that keeps claims in its memory, written with their audit entries: `nonces`, 20
    bytes each (the mark of key and nonce, and the call's timestamp), and for each call that used its quota the
    subscription. `counted` once the day's counts have them.
    """

    keeper = models.BigIntegerField()
    at = models.DateTimeField()
    day = models.DateField()
    nonces = models.BinaryField()
    subscriptions = ArrayField(models.BigIntegerField())
    counted = models.BooleanField()

    class Meta:
        indexes = [
            BrinIndex(fields=["at"], pages_per_range=16),
            models.Index(fields=["id"], condition=models.Q(counted=False), name="claims_not_yet_counted"),
        ]


class Job(models.Model):
    """Work that takes longer than a call. The gateway writes it, the worker does it, its caller collects the result.

    `terms` is a digest of what the result was made by.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    asked = models.JSONField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(null=True)
    outcome = models.JSONField(null=True)
    lot = models.BigIntegerField(null=True)
    dossier = models.BigIntegerField(null=True, unique=True)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    terms = models.CharField(max_length=64, default="")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "digest"],
                condition=models.Q(state__in=["waiting", "working"]),
                name="one_open_job",
            ),
            models.UniqueConstraint(
                fields=["subscription", "digest"],
                condition=models.Q(kind__in=["write_back", "intersection"]),
                name="one_return_a_reference",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["waiting", "working"]), name="exchange_open_jobs"
            ),
            models.Index(fields=["subscription", "digest"], name="exchange_job_digests"),
            models.Index(fields=["lot"], name="exchange_job_lots"),
            models.Index(fields=["subscription", "done_at"], name="exchange_rows_of_a_day"),
        ]


class QuestionPart(models.Model):
    """A part of a question for common keys (隐私求交), as the gateway took it: blinded keys, until the question is answered."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="question_parts")
    question = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    points = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "question", "number"], name="one_part_of_a_question"
            )
        ]
        indexes = [models.Index(fields=["received_at"])]


class Peer(models.Model):
    """Another node, as a pack declared it; `distrusted_at` ends all calls with it."""

    id = models.CharField(primary_key=True, max_length=100)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)
    distrusted_at = models.DateTimeField(null=True)


class RoutedCall(models.Model):
    """A call that another node answered, as the gateway wrote it beside its audit entry: what the node signed, and later
    the receipt from its audit log.
    """

    call = models.CharField(primary_key=True, max_length=32)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="routed")
    node = models.CharField(max_length=100)
    status = models.PositiveSmallIntegerField()
    request_digest = models.CharField(max_length=64)
    answer_digest = models.CharField(max_length=64)
    far_request = models.CharField(max_length=64)
    signed = models.JSONField()
    answered_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="answered", db_default="answered")
    order = models.BigIntegerField(null=True)
    receipt = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["answered_at"], condition=models.Q(state="answered"), name="exchange_unproven_calls"
            ),
            models.Index(fields=["subscription", "answered_at"], name="exchange_routed_calls"),
        ]


class Stream(models.Model):
    """The events of one subscription: how far its register was followed, the last number given, and how pushing goes.

    `cursor` is the last change of the register that was looked at. After `failures` pushes in a row that failed it
    rests until `not_before`; stopped, it waits for somebody.
    """

    subscription = models.OneToOneField(
        Subscription, on_delete=models.PROTECT, primary_key=True, related_name="stream"
    )
    register = models.CharField(max_length=120)
    cursor = models.BigIntegerField()
    last_seq = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, default="")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["register", "cursor"])]


class Event(models.Model):
    """One change as a subscription is told of it. Its number follows the one before without a gap."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="events")
    seq = models.BigIntegerField()
    change = models.BigIntegerField()
    entity = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    changed = ArrayField(models.CharField(max_length=100), default=list)
    at = models.DateTimeField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "seq"], name="one_event_a_number"),
            models.UniqueConstraint(fields=["subscription", "change"], name="one_event_a_change"),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "seq"], condition=models.Q(state="waiting"), name="exchange_waiting"
            ),
            models.Index(
                fields=["subscription", "entity"], condition=models.Q(state="dead"), name="exchange_dead"
            ),
            models.Index(fields=["at"], name="exchange_event_at"),
        ]


class Sandbox(models.Model):
    """The made-up rows of a register that sandbox keys read; `digest` is of what they were made from."""

    register = models.CharField(primary_key=True, max_length=100)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    made_at = models.DateTimeField()


class HourOfCalls(models.Model):
    """What became of the calls of an interface in one hour, counted from the audit log.

    `refusals` counts by rule. `lengths` counts calls by how long they took: by the first power of the fourth root of 2,
    in microseconds, that they kept to.
    """

    interface = models.CharField(max_length=100)
    hour = models.DateTimeField()
    answered = models.PositiveIntegerField()
    refusals = models.JSONField(default=dict)
    lengths = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interface", "hour"], name="one_row_an_hour")]
        indexes = [models.Index(fields=["hour"])]
