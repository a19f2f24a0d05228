"""Doing what callers ordered (批量任务), exactly once however often a worker is killed on the way.

A job is worked on in one transaction that holds a lock of the database, not of the row: the gateway can go on reading it.
With the worker both vanish, and the job is taken up again from its beginning.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.gateway.kinds.masked import caller_of
from shuzhi.data.exchange.gateway.kinds.ordering import terms_digest
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.services.consents import settle_consents
from shuzhi.data.exchange.services.proving import KEPT, make_receipts
from shuzhi.data.exchange.types import InterfaceKind, InterfaceStatus, Job, JobState, SubscriptionStatus
from shuzhi.data.exchange.work.errors import GivenUp, NoLongerAllowed
from shuzhi.data.exchange.work.files import Made, make_file
from shuzhi.data.exchange.work.intersecting import forget_parts, make_answer
from shuzhi.data.exchange.work.places import file_of, folder
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.erasing import erase_copy
from shuzhi.pillars.security.types import Actor

LOCK = 7_207_013  # with the number of the subscription: its jobs are worked on one after the other
MOST_ATTEMPTS = 5


def work_on(*, job: int, by: Actor, at: datetime) -> Job | None:
    """Do a job; None when another worker is at it, or at another job of its subscription.

    A job that cannot be done ends as failed, with the reason that its caller is told.
    """
    if not _begin(job):
        return queries.job(job)
    with transaction.atomic():
        row = models.Job.objects.select_related("subscription__interface").get(id=job)
        if not _alone(row.subscription_id):
            return None
        row.refresh_from_db(fields=["state"])
        if row.state != JobState.WORKING.value:
            return queries.job(job)
        if row.kind == InterfaceKind.RECEIPT.value:
            _keep_receipts(row, by=by, at=at)
            return queries.job(job)
        try:
            with transaction.atomic():
                made = _made(row, at=at)
        except PlatformError as problem:
            _end(row, problem, by=by, at=at)
        else:
            _keep(row, made, by=by, at=at)
    return queries.job(job)


@transaction.atomic
def remove_expired_results(*, by: Actor, at: datetime) -> int:
    """Remove files whose time is over, and what killed workers left half written."""
    rows = models.Job.objects.select_for_update(skip_locked=True)
    over = list(rows.filter(state=JobState.READY.value, expires_at__lte=at).order_by("id"))
    for row in over:
        if "form" in row.asked:
            erase_copy(file_of(row.id, row.asked["form"]))
        row.state, row.outcome = JobState.EXPIRED.value, None
        row.save(update_fields=["state", "outcome"])
        _record(row, "exchange.job_expired", by=by, at=at)
    _remove_halves(at)
    _remove_parts(at)
    return len(over)


def _keep_receipts(row: models.Job, *, by: Actor, at: datetime) -> None:
    found = make_receipts(row, at=at)
    row.state, row.done_at, row.expires_at = JobState.READY.value, at, at + KEPT
    row.outcome = {"receipts": found}
    row.save()
    _record(row, "exchange.receipts_made", by=by, at=at, receipts=len(found))


def _begin(job: int) -> bool:
    """Count an attempt, so that a job that kills its worker is not taken up for ever."""
    with transaction.atomic():
        rows = models.Job.objects.select_for_update(skip_locked=True)
        row = rows.filter(id=job, state__in=[JobState.WAITING.value, JobState.WORKING.value]).first()
        if row is None:
            return False
        row.state, row.attempts = JobState.WORKING.value, row.attempts + 1
        row.save(update_fields=["state", "attempts"])
    return True


def _alone(subscription: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, subscription])
        return bool(cursor.fetchone()[0])


def _made(row: models.Job, *, at: datetime) -> Made:
    if row.attempts > MOST_ATTEMPTS:
        raise GivenUp(attempts=MOST_ATTEMPTS)
    grant = queries.grant_of(row.subscription)
    if not holds(grant, at):
        raise NoLongerAllowed
    used = _rows_taken(row.subscription_id, at)
    if row.kind == InterfaceKind.INTERSECTION.value:
        made = make_answer(row=row, grant=grant, used=used, at=at)
    else:
        made = make_file(
            job=row.id,
            asked=row.asked,
            grant=grant,
            used=used,
            target=f"interface/{grant.interface}",
            at=at,
        )
    row.terms, row.expires_at = terms_digest(grant), at + timedelta(hours=grant.terms.kept_hours)
    row.expires_at = settle_consents(grant, row.expires_at, at=at)
    return made


def _keep(row: models.Job, made: Made, *, by: Actor, at: datetime) -> None:
    row.state, row.done_at = JobState.READY.value, at
    row.rows, row.size, row.sha256 = made.rows, made.size, made.sha256
    row.save()
    _forget_question(row)
    _record(row, "exchange.job_done", by=by, at=at, rows=made.rows, sha256=made.sha256, **made.noted)


def _end(row: models.Job, problem: PlatformError, *, by: Actor, at: datetime) -> None:
    row.state, row.done_at = JobState.FAILED.value, at
    row.problem = {"code": problem.code, "message": str(problem), "message_zh": problem.message_zh}
    row.save()
    _forget_question(row)
    _record(row, "exchange.job_failed", by=by, at=at, outcome="failed", code=problem.code)


def _record(
    row: models.Job, action: str, *, by: Actor, at: datetime, outcome: str = "done", **facts: Any
) -> None:
    grant = queries.grant_of(row.subscription)
    noted = replace(by, office=grant.office, purpose=grant.purpose, basis=grant.basis)
    audit.record(
        action,
        target=f"interface/{grant.interface}",
        by=noted,
        at=at,
        outcome=outcome,
        job=row.id,
        subscription=row.subscription_id,
        receiver=caller_of(grant).name,
        **facts,
    )


def holds(grant: Grant, at: datetime) -> bool:
    """Whether the right stands on this day."""
    return (
        grant.status == SubscriptionStatus.GRANTED
        and grant.interface_status == InterfaceStatus.PUBLISHED
        and grant.since <= day_of(at) <= grant.until
        and (not grant.terms.purposes or grant.purpose in grant.terms.purposes)
    )


def _rows_taken(subscription: int, at: datetime) -> int:
    """How many rows the subscription's files of this day (in China) hold."""
    begun = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = models.Job.objects.filter(subscription_id=subscription, done_at__gte=begun)
    return int(rows.aggregate(taken=Sum("rows"))["taken"] or 0)


def _forget_question(row: models.Job) -> None:
    if row.kind == InterfaceKind.INTERSECTION.value:
        forget_parts(subscription=row.subscription_id, question=row.asked["question"])


def _remove_parts(at: datetime) -> None:
    """Parts of questions that nobody ordered within a day."""
    waiting = models.Job.objects.filter(
        kind=InterfaceKind.INTERSECTION.value, state__in=[JobState.WAITING.value, JobState.WORKING.value]
    )
    old = models.QuestionPart.objects.filter(received_at__lt=at - timedelta(days=1))
    old.exclude(question__in=list(waiting.values_list("asked__question", flat=True))).delete()


def _remove_halves(at: datetime) -> None:
    """Half files that nobody writes any more."""
    yesterday = (at - timedelta(days=1)).timestamp()
    for half in folder().glob("*.part"):
        if half.stat().st_mtime < yesterday:
            erase_copy(half)
