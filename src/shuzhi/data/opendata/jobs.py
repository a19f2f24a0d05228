"""Background work of open data (开放任务): a release is written where nobody waits for the answer."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from shuzhi.data.opendata import models, services
from shuzhi.data.opendata.errors import AskerGone, OpeningBroken, OpeningEnded
from shuzhi.data.opendata.types import OpeningState
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.identity import queries as identity

MOST_ATTEMPTS = 5
# Five attempts over half a minute; what still hinders it then is shown to the person who asked.
RETRY = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=2)


@app.task(name="opendata.open", retry=RETRY, pass_context=True)
def open_dataset(context: JobContext, opening: int) -> str:
    """Do what was asked for; the last attempt that breaks off says so where the person looks."""
    try:
        return run_opening(opening=opening, at=now()).value
    except Exception:
        if context.job is None or context.job.attempts + 1 >= MOST_ATTEMPTS:
            give_up(opening=opening, at=now())
        raise


@transaction.atomic
def ask_for_opening(*, dataset: str, by: Actor, at: datetime, licence: str | None = None) -> bool:
    """Somebody asks to open a data set now (开放); it runs in the background. False when one is under way.

    What can be said at once is said at once; what takes its rows to know (the check before opening) is said by
    `queries.latest_opening`.

    Raises:
        NotCatalogued, NotOpenable: it could not be opened in any case.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    services.require_openable(dataset=dataset, by=by, at=at)
    try:
        with transaction.atomic():  # a second click must not spoil the caller's transaction
            row = models.Opening.objects.create(
                dataset=dataset, licence=licence or "", asked_by=by.name, asked_at=at
            )
    except IntegrityError:
        return False
    audit.record("opendata.open_asked", target=f"open/{dataset}", by=by, at=at, opening=row.pk)
    open_dataset.configure(lock=f"opendata/{dataset}").defer(opening=row.pk)
    return True


def run_opening(*, opening: int, at: datetime) -> OpeningState:
    """Open what an opening asks for, as the person who asked; exactly once however often this runs.

    The release and the end of the opening are one transaction: a process that dies before it leaves nothing.
    Rights are looked at again: who asked may have lost them meanwhile.
    """
    models.Opening.objects.filter(pk=opening, ended_at=None).update(state=OpeningState.RUNNING, started_at=at)
    row = models.Opening.objects.get(pk=opening)
    if row.ended_at is not None:
        return OpeningState(row.state)
    try:
        _open(row, at=at)
    except OpeningEnded:
        return OpeningState(models.Opening.objects.get(pk=opening).state)
    except PlatformError as refusal:
        _refuse(row, refusal, at=now())
        return OpeningState.REFUSED
    return OpeningState.DONE


@transaction.atomic
def give_up(*, opening: int, at: datetime) -> None:
    """It broke off again and again: the person who asked is told, and may ask anew."""
    row = models.Opening.objects.get(pk=opening)
    broken = OpeningBroken(dataset=row.dataset, attempts=MOST_ATTEMPTS)
    if _end(row, OpeningState.FAILED, at=at, problem=broken):
        _record_refusal(row, broken, at=at)


@transaction.atomic
def _open(row: models.Opening, *, at: datetime) -> None:
    release = services.open_dataset(dataset=row.dataset, by=_asker(row), at=at, licence=row.licence or None)
    if not _end(row, OpeningState.DONE, at=now(), release=release.id):
        raise OpeningEnded(
            dataset=row.dataset
        )  # by another worker, or by a withdrawal; nothing of this stays


@transaction.atomic
def _refuse(row: models.Opening, refusal: PlatformError, *, at: datetime) -> None:
    if _end(row, OpeningState.REFUSED, at=at, problem=refusal):
        _record_refusal(row, refusal, at=at)


def _end(
    row: models.Opening,
    state: OpeningState,
    *,
    at: datetime,
    problem: PlatformError | None = None,
    release: str | None = None,
) -> bool:
    said = {"code": problem.code, "zh": problem.message_zh, "en": str(problem)} if problem else None
    waiting = models.Opening.objects.filter(pk=row.pk, ended_at=None)
    return bool(waiting.update(state=state, ended_at=at, problem=said, release=release))


def _record_refusal(row: models.Opening, refusal: PlatformError, *, at: datetime) -> None:
    audit.record(
        "opendata.open_refused",
        target=f"open/{row.dataset}",
        by=system("opendata"),
        at=at,
        opening=row.pk,
        code=refusal.code,
    )


def _asker(row: models.Opening) -> Actor:
    """Who asked, with the rights of now."""
    found = identity.actor(row.asked_by.removeprefix("account/"))
    if found is None:
        raise AskerGone(dataset=row.dataset)
    return found
