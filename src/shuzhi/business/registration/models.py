from __future__ import annotations

from django.db import models


class Service(models.Model):
    """What outside systems may offer to applicants."""

    id = models.CharField(primary_key=True, max_length=60)
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=30)
    kind = models.CharField(max_length=10)
    description = models.TextField(blank=True)
    process = models.CharField(max_length=200)
    office = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["name"])]


class Form(models.Model):
    """A form of a service: `form` names one of the platform's, else `schema` is its own."""

    id = models.CharField(primary_key=True, max_length=60)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="forms")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    version = models.CharField(max_length=30)
    form = models.CharField(max_length=100, blank=True)
    schema = models.JSONField(default=dict)


class Application(models.Model):
    """An application file and how far it is."""

    id = models.CharField(primary_key=True, max_length=60)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="applications")
    case = models.BigIntegerField(unique=True)
    applicant = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    drafted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    form = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    documents = models.JSONField(default=list)
    status = models.CharField(max_length=10)
    is_over = models.BooleanField(default=False)
    operator = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    client = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["applicant", "registered_at"]),
            models.Index(fields=["service", "registered_at"]),
            models.Index(fields=["decided_at"]),
        ]


class Revision(models.Model):
    """What an application held before an operator changed it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="revisions")
    before = models.JSONField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()


class Task(models.Model):
    """The name by which outside systems know a task of the workflow."""

    id = models.CharField(primary_key=True, max_length=60)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="tasks")
    task = models.BigIntegerField(unique=True)


class Document(models.Model):
    """A file that an outside system handed in."""

    id = models.CharField(primary_key=True, max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    metadata = models.CharField(max_length=1000, blank=True)
    client = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sha256"])]
