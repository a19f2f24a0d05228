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
