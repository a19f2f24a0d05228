"""Background work of collecting (归集作业): tried again when what hindered it may pass, given up visibly when not."""

from __future__ import annotations

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shuzhi.data.sources import queries, services
from shuzhi.data.sources.services.collecting import PASSING
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security.types import system

log = logging.getLogger(__name__)

# Ten attempts over about 17 minutes; then the job stays `failed` (a dead letter) and its batch where it was.
RETRY = RetryStrategy(max_attempts=10, exponential_wait=2)


@app.task(name="sources.collect_batch", retry=RETRY)
def collect_batch(batch: str) -> str:
    """Collect one batch; a batch whose file is unfit ends as failed, which no retry would change."""
    return services.collect_batch(batch=batch, by=system("sources"), at=now()).status.value


@app.task(name="sources.collect_from_sql", retry=RETRY)
def collect_from_sql(source: str) -> str | None:
    """Collect what a database source has now."""
    done = services.collect_from_sql(source=source, by=system("sources"), at=now())
    return done.id if done else None


@app.periodic(cron="*/5 * * * *")
@app.task(name="sources.collect_waiting", queueing_lock="sources.collect_waiting", pass_context=False)
def collect_waiting(timestamp: int) -> int:
    """Pick up batches whose collecting broke off with their process, in order; returns how many were collected."""
    del timestamp
    collected = 0
    for batch in queries.waiting_batches():
        try:
            services.collect_batch(batch=batch.id, by=system("sources"), at=now())
        except PASSING:
            continue
        except Exception:  # one batch that can't go on must not hold up the other data sets
            log.exception("collecting %s broke off again", batch.id)
            continue
        collected += 1
    return collected


def collect_later(batch: str) -> None:
    """Queue the collecting of a batch, in the running transaction; batches of one data set run one after the other."""
    found = queries.batch(batch)
    task = collect_batch.configure(lock=f"sources/{found.dataset}", queueing_lock=f"sources/{batch}")
    defer_once(task, batch=batch)
