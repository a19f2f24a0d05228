"""Background work of cases (办件任务): what is deemed accepted, what is filed, days that are counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shuzhi.business.matters.cases import figures, queries, services
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.security.types import system


@app.periodic(cron="20 16 * * *")  # twenty past midnight in China: the fifth working day is over
@app.task(name="matters.accept_deemed", queueing_lock="matters.accept_deemed", pass_context=False)
def accept_deemed(timestamp: int) -> int:
    """Accept what nobody answered in time."""
    del timestamp
    return services.accept_deemed(by=system("matters"), at=now())


@app.periodic(cron="* * * * * */10")
@app.task(name="matters.carry", queueing_lock="matters.carry", lock="matters.carry", pass_context=False)
def carry(timestamp: int) -> int:
    """Send to other nodes what they handle, and take back what they say."""
    del timestamp
    return services.carry(by=system("matters"), at=now())


@app.periodic(cron="10 17 * * *")
@app.task(name="matters.count_days", queueing_lock="matters.count_days", pass_context=False)
def count_days(timestamp: int) -> int:
    """Count the days that are over."""
    del timestamp
    return figures.count_days(today=day_of(now()))


def on_closed(message: Mapping[str, Any], at: datetime) -> None:
    """Give back the fee of a case that was not granted, and file it."""
    services.settle_fee(case=message["case"], at=at)
    services.archive(case=message["case"], at=at)


def on_destroyed(message: Mapping[str, Any], at: datetime) -> None:
    """The archived package of a case was destroyed: the files that came with the case go too."""
    kind, _, number = str(message["subject"]).partition("/")
    if kind == "case" and queries.is_case(number):
        services.erase_files(case=number, by=system("matters"), at=at)
