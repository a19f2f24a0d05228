"""Background work of the forms (定时任务)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.support.forms import services


@app.periodic(cron="25 16 * * *")  # twenty-five past midnight in China
@app.task(name="forms.remove_expired", queueing_lock="forms.remove_expired", pass_context=False)
def remove_expired(timestamp: int) -> int:
    """Remove what is kept no longer, until nothing is left to remove."""
    del timestamp
    total = 0
    while removed := sum(vars(services.remove_expired(by=system("forms"), at=now())).values()):
        total += removed
    return total
