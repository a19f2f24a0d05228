"""The relay (投递): as soon as something was published, and every minute for what had to wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.foundation.outbox import asking, services
from shuzhi.foundation.queueing import defer_once

AT_ONCE = 500
JOBS_KEPT_HOURS = 72
KEPT = timedelta(days=30)  # delivered messages, for whoever looks into what happened


@app.task(name="outbox.deliver", queueing_lock="outbox.deliver", pass_context=False)
def deliver() -> int:
    """Deliver what waits, and what comes while nobody asks again."""
    total = deliver_all(at=now())
    time.sleep(asking.HEARD_FOR)
    return total + deliver_all(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="outbox.deliver_late", queueing_lock="outbox.deliver_late", pass_context=False)
def deliver_late(timestamp: int) -> int:
    """Deliver what was postponed, or what nobody asked to deliver."""
    del timestamp
    return deliver_all(at=now())


@app.periodic(cron="20 17 * * *")  # twenty past one at night in China
@app.task(name="outbox.forget", queueing_lock="outbox.forget", pass_context=False)
def forget(timestamp: int) -> int:
    """Remove what was delivered long ago."""
    return services.forget_delivered(before=datetime.fromtimestamp(timestamp, UTC) - KEPT)


@app.periodic(cron="40 17 * * *")  # twenty to two at night in China
@app.task(name="outbox.forget_jobs", queueing_lock="outbox.forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs that ended well days ago: some run every few seconds. Failed ones stay for whoever looks."""
    del timestamp
    await context.app.job_manager.delete_old_jobs(nb_hours=JOBS_KEPT_HOURS)


def deliver_all(*, at: datetime) -> int:
    """Deliver until nothing that is due can be delivered."""
    total = 0
    while delivered := services.deliver_waiting(at=at, most=AT_ONCE):
        total += delivered
    return total


def deliver_soon() -> None:
    """Ask the worker to deliver, unless it has been asked already; a transaction that runs is not spoilt by that."""
    defer_once(deliver)
