"""Background work of the archive (档案巡检): what was checked longest ago is checked again, what was destroyed is gone."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.support.archive import queries, services

A_DAY = 500


@app.periodic(cron="20 18 * * *")  # twenty past two in China
@app.task(name="archive.daily", queueing_lock="archive.daily", pass_context=False)
def daily(timestamp: int) -> int:
    """How many of those that were looked at have faults."""
    del timestamp
    services.sweep()
    by, at = system("archive"), now()
    found = [services.check_record(record=one, by=by, at=at) for one in queries.longest_unchecked(A_DAY)]
    return sum(not one.checked.holds for one in found)
