"""The services' part (调用): called one a transaction; a case whose service is down waits and says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import (
    CaseOver,
)
from shuzhi.support.workflow.processes import registry, storing
from shuzhi.support.workflow.processes.queries import case_value
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused, ServiceUnavailable
from shuzhi.support.workflow.processes.services.stepping import take, wake
from shuzhi.support.workflow.processes.specs import Service
from shuzhi.support.workflow.processes.types import (
    CaseState,
    ProcessCase,
)
from shuzhi.support.workflow.processes.values import kept, restored

RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)


def run_services(*, case: int, by: Actor, at: datetime) -> int:
    """Call what a case waits for, one service a transaction; returns how many answered.

    Safe to repeat after a kill at any point: a service's writes and the step are committed together or not at all.
    """
    done = 0
    while _serve_one(case, by=by, at=at):
        done += 1
    return done


def _serve_one(case: int, *, by: Actor, at: datetime) -> bool:
    try:
        with transaction.atomic():
            row = storing.locked(case)
            if storing.is_over(row) or row.retry_at is None or row.retry_at > at:
                return False
            run = storing.run_of(row, at=at)
            waiting = next(
                (each for each in run.open() if isinstance(run.task(each.number).task_spec, Service)), None
            )
            if waiting is None:
                row.retry_at = None
                row.save(update_fields=["retry_at"])
                return False
            node = waiting.node
            told = ServiceCall(
                {name: feel.to_python(value) for name, value in run.inputs(waiting).items()},
                row.id,
                row.subject,
                row.office,
                by,
                at,
                row.requester,
            )
            payload: dict[str, Any] = {"number": waiting.number}
            try:
                with transaction.atomic():
                    value = kept(registry.call(node.own["service"], told))
                payload["value"] = value
                run.answer(waiting.number, restored(value))
            except ServiceRefused as refusal:
                payload["refused"] = [refusal.code, refusal.message]
                run.fail(waiting.number, refusal.code, refusal.message)
            take(run, row, "served", node.id, payload, by=by, at=at)
            return True
    except Exception as error:  # noqa: BLE001 - whatever a service does, the case says so and is tried again
        stand_still(case, error, at=at)
        return False


@transaction.atomic
def stand_still(case: int, error: Exception, *, at: datetime) -> None:
    row = storing.locked(case)
    english = str(error) or type(error).__name__
    known = isinstance(error, PlatformError)
    row.problem = {
        "zh": error.message_zh if isinstance(error, PlatformError) else f"内部错误：{english}"[:500],
        "en": english[:500],
    }
    waits = isinstance(error, ServiceUnavailable) or not known
    tries = int(row.snapshot.get("tries", 0)) + 1
    row.snapshot["tries"] = tries
    row.retry_at = at + min(RETRY * 2 ** min(tries - 1, 10), LONGEST_RETRY) if waits else None
    if not waits:
        row.state = CaseState.FAULTY
    row.save()


@transaction.atomic
def retry_case(*, case: int, by: Actor, at: datetime) -> ProcessCase:
    """Let a case that stands still be tried again, now."""
    policy.require("workflow.install", by=by)
    row = storing.locked(case)
    if storing.is_over(row):
        raise CaseOver(case=case)
    row.state, row.retry_at, row.problem = CaseState.RUNNING, at, None
    row.save()
    audit.record("workflow.case_retried", target=f"case/{case}", by=by, at=at)
    wake(row.id)
    return case_value(row)


def cases_to_serve(*, at: datetime, most: int = 200) -> list[int]:
    """Cases whose services are to be called now: what a worker asks that was killed, or was never told."""
    rows = models.ProcessCase.objects.filter(retry_at__lte=at).order_by("retry_at")
    return list(rows.values_list("id", flat=True)[:most])
