"""Background work of the exchange (定时任务)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shuzhi.data.exchange import health, queries, services
from shuzhi.data.exchange.pushing import courier, endpoints
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import system


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.forget_nonces", queueing_lock="exchange.forget_nonces", pass_context=False)
def forget_nonces(timestamp: int) -> int:
    """Remove nonces that can't be replayed any more."""
    del timestamp
    return services.forget_nonces(at=now())


@app.periodic(cron="1 16 * * *")  # one past midnight in China
@app.task(name="exchange.expire_subscriptions", queueing_lock="exchange.expire", pass_context=False)
def expire_subscriptions(timestamp: int) -> int:
    """End the subscriptions whose last day is over."""
    del timestamp
    at = now()
    services.refresh_grounds(at=at)  # divisions change at midnight, offices with their packs
    return services.expire_subscriptions(by=system("exchange"), at=at)


@app.periodic(
    cron="* * * * * */10"
)  # the gateway can't wake the worker: its role writes orders and nothing else
@app.task(name="exchange.take_orders", queueing_lock="exchange.take_orders", pass_context=False)
def take_orders(timestamp: int) -> int:
    """Queue the jobs that callers ordered, and those whose worker died."""
    del timestamp
    numbers = queries.open_jobs()
    for number in numbers:
        lock = f"exchange.job.{number}"
        defer_once(work_on.configure(queueing_lock=lock, lock=lock), job=number)
    if queries.has_returns():
        defer_once(settle_returns.configure(queueing_lock="exchange.settle_returns"))
    return len(numbers)


@app.task(name="exchange.work_on", pass_context=False)
def work_on(job: int) -> None:
    """Do one job."""
    services.work_on(job=job, by=system("exchange"), at=now())


@app.task(name="exchange.settle_returns", lock="exchange.settle_returns", pass_context=False)
def settle_returns() -> int:
    """Settle what callers gave back."""
    return services.settle_returns(by=system("exchange"), at=now())


@app.periodic(cron="* * * * *")
@app.task(name="exchange.collect_receipts", queueing_lock="exchange.collect_receipts", pass_context=False)
def collect_receipts(timestamp: int) -> tuple[int, int]:
    """Have other nodes prove what they answered."""
    del timestamp
    return services.collect_receipts(by=system("exchange"), at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.remove_expired", queueing_lock="exchange.remove_expired", pass_context=False)
def remove_expired_results(timestamp: int) -> int:
    """Remove results whose time is over."""
    del timestamp
    return services.remove_expired_results(by=system("exchange"), at=now())


@app.periodic(cron="* * * * * */10")  # for what had to wait; news is pushed when it comes
@app.task(name="exchange.push_events", queueing_lock="exchange.push_events", pass_context=False)
async def push_events(timestamp: int = 0) -> int:
    """Push events to their subscribers until nothing is due; one courier works at a time."""
    del timestamp
    return await courier.push_events(rules=endpoints.rules_of(settings()), clock=now)


@app.periodic(cron="25 16 * * *")
@app.task(name="exchange.forget_events", queueing_lock="exchange.forget_events", pass_context=False)
def forget_events(timestamp: int) -> int:
    """Remove events whose time is over."""
    del timestamp
    return services.forget_events(at=now())


@app.periodic(cron="35 16 * * *")
@app.task(name="exchange.forget_pieces", queueing_lock="exchange.forget_pieces", pass_context=False)
def forget_pieces(timestamp: int) -> int:
    """Empty pieces of files that no document has named in time."""
    del timestamp
    return services.forget_pieces(at=now())


def on_register_changed(payload: Mapping[str, Any], at: datetime) -> None:
    """A register that is followed has changes: push them soon."""
    del payload, at
    defer_once(push_events)


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.count_hours", queueing_lock="exchange.count_hours", pass_context=False)
def count_hours(timestamp: int) -> int:
    """Count the calls of this hour and the last from the audit log."""
    del timestamp
    return health.count_hours(at=now())
