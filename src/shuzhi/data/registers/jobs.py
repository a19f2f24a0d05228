"""Background work of registers (基础库任务): build again when a source has news, and every day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent

from shuzhi.data.registers import queries, services
from shuzhi.data.registers.types import BuildState, BuildTurn
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system

STATES = {
    "todo": BuildState.WAITING,
    "doing": BuildState.RUNNING,
    "succeeded": BuildState.DONE,
}


@app.task(name="registers.build", retry=5, pass_context=False)
def build_register(register: str) -> int:
    """Build one register; returns how many records are new or changed."""
    report = services.build_register(register=register, by=system("registers"), at=now())
    return report.created + report.changed + report.retired


@app.periodic(cron="30 16 * * *")  # half past midnight in China: a new day may have new divisions
@app.task(name="registers.build_all", queueing_lock="registers.build_all", pass_context=False)
def build_all(timestamp: int) -> int:
    """Build every register, each in a job of its own."""
    del timestamp
    return sum(build_later(summary.declaration.id) for summary in queries.registers())


def on_batch_collected(event: Mapping[str, Any], at: datetime) -> None:
    """A batch is in the lake: the registers that its data set feeds are built again."""
    del at
    for summary in queries.registers():
        if event["dataset"] in {source.dataset for source in summary.declaration.sources}:
            build_later(summary.declaration.id)


@transaction.atomic
def ask_for_build(*, register: str, by: Actor, at: datetime) -> bool:
    """Somebody asks for a build now (生成); it runs in the background. False when one waits already.

    Raises:
        NoSuchRegister: no pack declares it.
        Forbidden: only the bureau builds registers.
    """
    declared = queries.declaration(register)
    policy.require("registers.build", by=by, office=declared.owner)
    audit.record("registers.build_asked", target=f"register/{register}", by=by, at=at)
    return build_later(register)


def latest_build(register: str) -> BuildTurn | None:
    """Where the latest build of a register stands, or None when the queue has none; one statement."""
    events = ProcrastinateEvent.objects.filter(
        job__task_name=build_register.name, job__lock=f"registers/{register}"
    )
    event = events.select_related("job").order_by("-job_id", "-at", "-id").first()
    if event is None or event.at is None:
        return None
    return BuildTurn(STATES.get(event.job.status, BuildState.FAILED), event.at)


def build_later(register: str) -> bool:
    """Queue a build unless one waits already: it will see the news of both."""
    lock = f"registers/{register}"
    return defer_once(build_register.configure(lock=lock, queueing_lock=lock), register=register)
