"""Time's part (定时): cases whose moment has come are woken."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from shuzhi.foundation.database import prepared
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.services.serving import stand_still
from shuzhi.support.workflow.processes.services.starting import begin_scheduled
from shuzhi.support.workflow.processes.services.stepping import take

AGAIN = timedelta(minutes=1)
log = structlog.get_logger(__name__)

_IS_DUE = "SELECT 1 FROM workflow_processtimer WHERE case_id = %s AND due_at <= %s LIMIT 1"


def fire_timers(*, by: Actor, at: datetime, most: int = 500) -> int:
    """Wake the cases whose time has come, and begin those of schedules, each in a transaction of its own; how many."""
    rows = (
        models.ProcessTimer.objects.filter(due_at__lte=at)
        .order_by("due_at")
        .values_list("case_id", flat=True)
    )
    woken = begin_scheduled(by=by, at=at)
    for case in dict.fromkeys(rows[:most]):
        woken += _fire(case, by=by, at=at)
    return woken


def _fire(case: int, *, by: Actor, at: datetime) -> int:
    try:
        with transaction.atomic():
            row = prepared.locked_if_free(models.ProcessCase, case)  # another worker may be at it
            if row is None or not prepared.run(_IS_DUE, [case, at]):
                return 0
            run = storing.run_of(row, at=at)
            run.fire()
            take(run, row, "timer", "", {}, by=by, at=at)
            return 1
    except PlatformError as error:
        with transaction.atomic():
            stand_still(case, error, at=at)
            models.ProcessTimer.objects.filter(case_id=case, due_at__lte=at).delete()
        return 0
    except Exception:  # a fault of one case must not keep the others waiting
        log.exception("workflow.timer_failed", case=case)
        models.ProcessTimer.objects.filter(case_id=case, due_at__lte=at).update(due_at=at + AGAIN)
        return 0
