"""Background work of the loops (定时任务)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow import services


@app.periodic(cron="5 16 * * *")  # five past midnight in China
@app.task(name="workflow.date_undated", queueing_lock="workflow.date_undated", pass_context=False)
def date_undated(timestamp: int) -> int:
    """Give due days to dossiers whose year's holidays have been published since."""
    del timestamp
    return services.date_undated(by=system("workflow"), at=now())
