"""Background work of the exchange (定时任务)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.data.exchange import services
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.forget_nonces", queueing_lock="exchange.forget_nonces", pass_context=False)
def forget_nonces(timestamp: int) -> int:
    """Remove nonces that can't be replayed any more."""
    del timestamp
    return services.forget_nonces(at=now())


@app.periodic(cron="1 16 * * *")  # one past midnight in China
@app.task(name="exchange.expire_subscriptions", queueing_lock="exchange.expire", pass_context=False)
def expire_subscriptions(timestamp: int) -> int:
    """End the subscriptions whose last day is over."""
    del timestamp
    return services.expire_subscriptions(by=system("exchange"), at=now())
