"""Background work of indicators (指标任务)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.business.indicators import services
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system


@app.periodic(cron="20 * * * *")
@app.task(name="indicators.compute_all", queueing_lock="indicators.compute_all", pass_context=False)
def compute_all(timestamp: int) -> int:
    """Compute every indicator for today. The day's last value is the one that stays."""
    del timestamp
    return len(services.compute_all(by=system("indicators"), at=now()))
