"""A step put away (落库): state, history, audit and news in the one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.running import Run
from shuzhi.support.workflow.processes.standing import Sent
from shuzhi.support.workflow.processes.types import (
    ProcessEnded,
    ProcessMoved,
)


@prepared.together()
def take(
    run: Run,
    row: models.ProcessCase,
    kind: str,
    element: str,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    done: int | None = None,
) -> None:
    """Put a step away: state, history, audit, news."""
    row.version += 1
    storing.write(run, row, at=at, done=done)
    write_down(row, kind, element, payload, by=by, at=at, note=note)
    audit.record("workflow.case_moved", target=f"case/{row.id}", by=by, at=at, step=kind, element=element)
    publish(ProcessMoved(row.id, row.process, row.subject, kind, element, at), at=at)
    after(run, row, at=at)


def after(run: Run, row: models.ProcessCase, *, at: datetime) -> None:
    if run.ended:
        publish(ProcessEnded(row.id, row.process, row.subject, row.state, at), at=at)
    if row.retry_at is not None:
        wake(row.id)
    for sent in run.sent:
        _deliver_later(sent, row.id)


def wake(case: int) -> None:
    from shuzhi.support.workflow import jobs

    transaction.on_commit(lambda: jobs.serve_soon(case), robust=True)


def _deliver_later(sent: Sent, case: int) -> None:
    """In the same transaction as the step: a message is on its way if and only if the step was taken."""
    from shuzhi.support.workflow import jobs

    if sent.kind in ("message", "signal"):
        jobs.deliver.defer(
            kind=sent.kind, name=sent.name, key=sent.key, payload=dict(sent.payload), case=case
        )


def write_down(
    row: models.ProcessCase,
    kind: str,
    element: str,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> None:
    step = models.ProcessStep(
        case_id=row.id,
        seq=row.version,
        kind=kind,
        element=element,
        payload=dict(payload),
        definition=row.definition_id,
        by=by.name,
        by_title=by.title,
        office=by.office,
        at=at,
        note=note,
    )
    prepared.note(step)
