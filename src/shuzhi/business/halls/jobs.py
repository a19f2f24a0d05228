"""Background work of halls (定时任务)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.business.halls import services
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system


@app.periodic(cron="10 16 * * *")  # ten past midnight in China
@app.task(name="halls.close_days", queueing_lock="halls.close_days", pass_context=False)
def close_days(timestamp: int) -> int:
    """Close the day that is over."""
    del timestamp
    return services.close_days(by=system("worker"), at=now())
