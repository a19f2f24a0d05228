"""The dispatcher's job (投递): woken by what is accepted, and every minute for what had to wait."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once

RUN_FOR = timedelta(seconds=50)


@app.task(
    name="messages.dispatch", queueing_lock="messages.dispatch", lock="messages.dispatch", pass_context=False
)
def dispatch() -> int:
    """Deliver what is due, until nothing is or the time is up."""
    from shuzhi.support.messages.dispatching.dispatcher import Dispatcher

    return Dispatcher(clock=now).run(until=now() + RUN_FOR)


@app.periodic(cron="* * * * *")
@app.task(name="messages.dispatch_late", queueing_lock="messages.dispatch_late", pass_context=False)
def dispatch_late(timestamp: int) -> None:
    """Ask for what had to wait."""
    del timestamp
    dispatch_soon()


def dispatch_soon() -> None:
    """Ask the worker, unless it has been asked already."""
    defer_once(dispatch)
