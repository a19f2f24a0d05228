"""Background work of the desks (热线任务): rows that were collected become requests."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shuzhi.business.incidents import queries, services
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security.types import system

DIGITS = 8


def new_code() -> str:
    """A code that nobody guesses."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


@app.task(name="incidents.import", retry=3, pass_context=False)
def import_requests(desk: str, dataset: str) -> int:
    """Make requests of a data set's rows; returns how many are new."""
    made = services.import_requests(
        desk=desk, dataset=dataset, code=new_code, by=system("incidents"), at=now()
    )
    return made.opened + made.merged


def on_batch_collected(event: Mapping[str, Any], at: datetime) -> None:
    """A batch is in the lake: the desks that take its rows are asked to."""
    del at
    for desk in queries.desks():
        if any(one.dataset == event["dataset"] and one.at_once for one in desk.imports):
            lock = f"incidents/{desk.desk}/{event['dataset']}"
            task = import_requests.configure(lock=lock, queueing_lock=lock)
            defer_once(task, desk=desk.desk, dataset=event["dataset"])
