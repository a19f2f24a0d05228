"""Background work of payments (支付任务): what is under way is asked after, what ran out is closed, each day is reconciled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from procrastinate.contrib.django import app

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import services

BY = system("payments")
log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(
    name="payments.forward", queueing_lock="payments.forward", lock="payments.forward", pass_context=False
)
def forward(timestamp: int) -> int:
    """Send what waits, ask after what was sent, close what ran out."""
    del timestamp
    at = now()
    moved = services.bring_forward(by=BY, at=at)
    return moved + services.close_overdue(by=BY, at=at)


@app.periodic(cron="30 17 * * *")  # half past one in China
@app.task(name="payments.daily", queueing_lock="payments.daily", lock="payments.forward", pass_context=False)
def daily(timestamp: int) -> int:
    """Hold yesterday's statement against our orders; how many differences there are."""
    del timestamp
    at = now()
    found = services.reconcile(day=day_of(at) - timedelta(days=1), by=BY, at=at)
    return len(found.differences)


def on_paid(event: Mapping[str, Any], at: datetime) -> None:
    """An order was paid: its receipt is issued, where a pack declares receipts."""
    try:
        services.give_receipt(order=event["order"], by=BY, at=at)
    except PlatformError as refusal:
        log.info("payments.no_receipt", order=event["order"], why=refusal.code)
