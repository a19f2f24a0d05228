"""Background work of benefits (惠企任务): runs, payments, what is deemed confirmed, reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from shuzhi.business.benefits import services
from shuzhi.business.benefits.types import State
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security.types import Actor, system


@app.task(name="benefits.run", pass_context=False)
def run(number: int) -> int:
    """Do one run; returns how many are entitled."""
    return services.run(number=number, by=system("benefits"), at=now()).eligible


@app.task(name="benefits.pay", lock="benefits.pay", pass_context=False)
def pay() -> int:
    """Pay what waits."""
    return services.pay_waiting(by=system("benefits"), at=now())


@app.periodic(cron="*/5 * * * *")  # whatever a killed worker or a silent bank left
@app.task(
    name="benefits.pay_again", queueing_lock="benefits.pay_again", lock="benefits.pay", pass_context=False
)
def pay_again(timestamp: int) -> int:
    """Pay what still waits, and ask after what was sent."""
    del timestamp
    return services.pay_waiting(by=system("benefits"), at=now())


@app.periodic(cron="40 16 * * *")  # twenty to one in China
@app.task(name="benefits.daily", queueing_lock="benefits.daily", pass_context=False)
def daily(timestamp: int) -> int:
    """Confirm what is deemed confirmed, close what is over, and hold the bank's statement against the orders."""
    del timestamp
    by, at = system("benefits"), now()
    confirmed = services.confirm_deemed(by=by, at=at)
    services.close_ended(by=by, at=at)
    services.reconcile(by=by, at=at)
    return confirmed


def ask_for_run(*, policy: str, by: Actor, at: datetime) -> int:
    """Ask for a run; it is done in the background. Returns its number."""
    with transaction.atomic():
        number = services.ask_for_run(policy=policy, by=by, at=at)
        run.configure(lock=f"benefits/{policy}").defer(number=number)
    return number


def on_moved(event: Mapping[str, Any], at: datetime) -> None:
    """A finding was confirmed, or its account mended: it is paid soon."""
    del at
    if event["state"] == State.CONFIRMED.value:
        defer_once(pay.configure(queueing_lock="benefits.pay"))
