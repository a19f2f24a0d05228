"""Background work of security operation (安全扫描)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.business.secops import services
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system


@app.periodic(cron="*/5 * * * *")
@app.task(name="secops.scan", queueing_lock="secops.scan", lock="secops.scan", pass_context=False)
def scan(timestamp: int) -> int:
    """Read what has been sealed since; it goes on where the last scan came to."""
    del timestamp
    return services.scan(by=system("secops"), at=now()).incidents


@app.periodic(cron="* * * * *")
@app.task(name="secops.end_expired", queueing_lock="secops.end_expired", lock="secops.end_expired", pass_context=False)  # fmt: skip
def end_expired(timestamp: int) -> int:
    """Close the accounts and keys of third parties whose time is over."""
    del timestamp
    return services.end_expired(by=system("secops"), at=now())


@app.periodic(cron="20 3 * * *")
@app.task(name="secops.take_stock", queueing_lock="secops.take_stock", lock="secops.take_stock", pass_context=False)  # fmt: skip
def take_stock(timestamp: int) -> int:
    """Take the list of assets anew each night."""
    del timestamp
    return services.take_stock(by=system("secops"), at=now()).assets
