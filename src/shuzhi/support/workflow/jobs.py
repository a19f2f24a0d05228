"""Background work of the loops (定时任务)."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow import handling, services
from shuzhi.support.workflow.processes import services as processes
from shuzhi.support.workflow.processes.values import restored


@app.periodic(cron="5 16 * * *")  # five past midnight in China
@app.task(name="workflow.date_undated", queueing_lock="workflow.date_undated", pass_context=False)
def date_undated(timestamp: int) -> int:
    """Give due days to dossiers whose year's holidays have been published since."""
    del timestamp
    return services.date_undated(by=system("workflow"), at=now())


@app.task(name="workflow.serve", pass_context=False)
def serve(case: int) -> int:
    """Call the services that a case waits for."""
    return processes.run_services(case=case, by=system("workflow"), at=now())


def serve_soon(case: int) -> None:
    """Ask the worker, unless it has been asked already."""
    lock = f"workflow.case.{case}"
    defer_once(serve.configure(queueing_lock=lock, lock=lock), case=case)


@app.periodic(cron="* * * * * */2")
@app.task(name="workflow.wake", queueing_lock="workflow.wake", pass_context=False)
def wake(timestamp: int) -> int:
    """Fire what is due, and serve what a killed worker left; the index is asked, never the cases."""
    del timestamp
    for case in processes.cases_to_serve(at=now()):
        serve_soon(case)
    woken = 0
    while fired := processes.fire_timers(by=system("workflow"), at=now()):
        woken += fired
    return woken


@app.task(name="workflow.deliver", pass_context=False)
def deliver(kind: str, name: str, key: str, payload: dict[str, Any], case: int) -> None:
    """Bring a message or signal of one case to the others."""
    by, given = system("workflow"), restored(payload)
    if kind == "message":
        processes.send_message(name=name, key=key, payload=given, by=by, at=now())
    else:
        processes.broadcast_signal(name=name, payload=given, by=by, at=now(), but=case)


@app.periodic(cron="15 16 * * *")  # a quarter past midnight in China
@app.task(name="workflow.warn", queueing_lock="workflow.warn", pass_context=False)
def warn(timestamp: int) -> int:
    """Say which lights turned, and call in the next of the chain."""
    del timestamp
    at = now()
    return handling.warn(by=system("workflow"), at=at, today=day_of(at))
