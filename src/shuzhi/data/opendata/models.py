from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from shuzhi.data.opendata.types import OpeningState

LONGEST_VALUE = 200


class Release(models.Model):
    """One opening of a data set: its rows in a table of their own, its files in the file store."""

    id = models.UUIDField(primary_key=True)
    dataset = models.CharField(max_length=150)
    number = models.PositiveIntegerField()
    licence = models.CharField(max_length=100)
    columns = models.JSONField()
    masked = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField()
    files = models.JSONField()
    resources = ArrayField(models.CharField(max_length=40), default=list)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    extent = models.JSONField(null=True)  # where and when its rows are, if they have places

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["dataset"], condition=models.Q(withdrawn_at=None), name="one_release_is_current"
            ),
        ]
        indexes = [GinIndex(fields=["resources"], name="opendata_release_resources")]


class RowCount(models.Model):
    """How many rows of a release have a value, counted when it was made."""

    release = models.UUIDField()
    column = models.CharField(max_length=63)
    value = models.CharField(max_length=LONGEST_VALUE, null=True)
    rows = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["release", "column"], name="opendata_rowcount_column")]


class Opening(models.Model):
    """One request to open a data set, and what became of it; each data set has at most one under way."""

    dataset = models.CharField(max_length=150)
    licence = models.CharField(max_length=100, blank=True)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=OpeningState.WAITING.value)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    release = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"], condition=models.Q(ended_at=None), name="one_opening_under_way"
            )
        ]
        indexes = [models.Index(fields=["dataset", "-id"], name="opendata_opening_latest")]


class Token(models.Model):
    """A key with which an owner's program writes; its secret is nowhere kept."""

    account = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account"])]


class Download(models.Model):
    """How often a file was downloaded on a day; no more is kept about the public."""

    dataset = models.CharField(max_length=150)
    format = models.CharField(max_length=20)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "format", "day"], name="download_counted_once_a_day")
        ]


class Demand(models.Model):
    """What somebody wants to have opened, or to use on conditions (点单), and how far that is; its dossier has the steps."""

    dossier = models.BigIntegerField(unique=True)
    dataset = models.CharField(max_length=150, blank=True)  # empty: data that the catalog does not list
    title = models.CharField(max_length=200)
    office = models.CharField(max_length=100)
    account = models.CharField(max_length=200)
    purpose = models.TextField()
    way = models.CharField(max_length=20)
    days = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    finding = models.JSONField(null=True)
    agreed_at = models.DateTimeField(null=True)
    terms = models.CharField(max_length=64, blank=True)  # the hash of the text that was agreed to
    digest = models.CharField(max_length=64, null=True, unique=True)  # of the key
    until = models.DateTimeField(null=True)
    calls = models.PositiveBigIntegerField(default=0)
    report = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-asked_at"]), models.Index(fields=["dataset"])]


class Contest(models.Model):
    """A contest of open data (开放数据应用大赛): announced, open for entries on certain days, then awarded once."""

    id = models.CharField(max_length=60, primary_key=True)
    title = models.JSONField()
    text = models.JSONField()
    datasets = ArrayField(models.CharField(max_length=150), default=list)
    prizes = models.JSONField()  # of each prize in its order: its title and how many there are
    since = models.DateField()
    until = models.DateField()
    announced_by = models.CharField(max_length=200)
    announced_at = models.DateTimeField()
    awarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="contest_has_days"),
        ]


class UseCase(models.Model):
    """What somebody made of open data (应用案例); listed when its review has let it through."""

    dossier = models.BigIntegerField(unique=True)
    account = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    datasets = ArrayField(models.CharField(max_length=150), default=list)
    contest = models.CharField(
        max_length=100, blank=True
    )  # its id; before there were contests, what was typed in
    prize = models.CharField(max_length=60, blank=True, default="", db_default="")
    sent_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [GinIndex(fields=["datasets"], name="opendata_usecase_datasets")]


class Following(models.Model):
    """Somebody wants to know when a data set changes (关注)."""

    account = models.CharField(max_length=200)
    dataset = models.CharField(max_length=150)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "dataset"], name="followed_once")]
