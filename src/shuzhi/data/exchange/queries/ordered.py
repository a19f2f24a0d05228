"""Work that calls ordered (任务): files and what was given back."""

from __future__ import annotations

from django.db.models import QuerySet

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoSuchJob
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.types import InterfaceKind, Job, JobState
from shuzhi.foundation.words import Words


def job(number: int) -> Job:
    """One job.

    Raises:
        NoSuchJob: there is none of this number.
    """
    row = _jobs().filter(id=number).first()
    if row is None:
        raise NoSuchJob(job=number)
    return _job_of(row)


def jobs(*, subscription: int | None = None, most: int = MOST_ROWS) -> list[Job]:
    """Jobs, the newest first."""
    rows = _jobs() if subscription is None else _jobs().filter(subscription_id=subscription)
    return [_job_of(row) for row in rows.order_by("-id")[:most]]


def open_jobs() -> list[int]:
    """The numbers of the jobs that are not done, in the order in which they were given."""
    rows = _open().exclude(kind=InterfaceKind.WRITE_BACK.value)
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_ROWS])


def has_returns() -> bool:
    """Whether something that was given back waits to be settled."""
    return _open().filter(kind=InterfaceKind.WRITE_BACK.value).exists()


def questions(*, most: int = MOST_ROWS) -> list[Job]:
    """Questions for common keys that callers asked here, the newest first."""
    rows = _jobs().filter(kind=InterfaceKind.INTERSECTION.value)
    return [_job_of(row) for row in rows.order_by("-id")[:most]]


def _open() -> QuerySet[models.Job]:
    return models.Job.objects.filter(state__in=[JobState.WAITING.value, JobState.WORKING.value])


def _jobs() -> QuerySet[models.Job]:
    return models.Job.objects.select_related("subscription")


def _job_of(row: models.Job) -> Job:
    return Job(
        id=row.id,
        subscription=row.subscription_id,
        interface=row.subscription.interface_id,
        office=row.subscription.office,
        kind=InterfaceKind(row.kind),
        asked=row.asked,
        state=JobState(row.state),
        attempts=row.attempts,
        rows=row.rows,
        size=row.size,
        sha256=row.sha256,
        asked_at=row.asked_at,
        done_at=row.done_at,
        expires_at=row.expires_at,
        problem=Words(zh=row.problem["message_zh"], en=row.problem["message"]) if row.problem else None,
    )
