"""Background work of the data market (数据要素)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.business.market import services
from shuzhi.business.market.govstack.calling import Caller
from shuzhi.data.exchange.pushing.endpoints import rules_of
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import system


@app.periodic(cron="* * * * * */15")  # for what had to wait; news is told when it comes
@app.task(name="market.call_webhooks", queueing_lock="market.call_webhooks", lock="market.call_webhooks", pass_context=False)  # fmt: skip
async def call_webhooks(timestamp: int = 0) -> int:
    """Tell webhooks what is due."""
    del timestamp
    return await Caller(rules=rules_of(settings()), clock=now).work()


@app.periodic(cron="7 * * * *")
@app.task(name="market.follow_expired", queueing_lock="market.follow_expired", pass_context=False)
def follow_expired(timestamp: int) -> int:
    """Tell receivers what to delete after consents that ran out."""
    del timestamp
    return services.follow_expired(by=system("market"), at=now())


def call_soon() -> None:
    """Have the worker look."""
    defer_once(call_webhooks)
