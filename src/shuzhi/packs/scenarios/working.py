"""What a node's worker does meanwhile, done at once: events delivered, queued jobs run in their order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from shuzhi.foundation.outbox import services as outbox

MOST_ROUNDS = 50
_NEXT = "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1"
_FORGET = (
    "DELETE FROM procrastinate_events WHERE job_id = %s",
    "DELETE FROM procrastinate_jobs WHERE id = %s",
)


def work_off(*, at: datetime) -> None:
    """Deliver and run until nothing waits; a chain that never ends is given up after MOST_ROUNDS rounds."""
    for _ in range(MOST_ROUNDS):
        delivered = outbox.deliver_waiting(at=at)
        if not _run_jobs() and not delivered:
            return


def _run_jobs() -> int:
    count = 0
    while (job := _next()) is not None:
        number, name, arguments = job
        _forget(number)
        _run(number, name, arguments)
        count += 1
    return count


def _next() -> tuple[int, str, dict[str, Any]] | None:
    import json

    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    if row is None:
        return None
    arguments = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return int(row[0]), str(row[1]), dict(arguments)


def _forget(number: int) -> None:
    with connection.cursor() as cursor:
        for statement in _FORGET:
            cursor.execute(statement, [number])


def _run(number: int, name: str, arguments: dict[str, Any]) -> None:
    from procrastinate.contrib.django import app

    task = app.tasks.get(name)
    # The delivery of events was done above; whoever asks for it again only asks for the same.
    if task is None or name == "outbox.deliver":
        return
    if task.pass_context:
        task.func(_context(app, number, task, arguments), **arguments)
    else:
        task.func(**arguments)


def _context(app: Any, number: int, task: Any, arguments: dict[str, Any]) -> Any:
    """What a job is told of itself: its first attempt, which nobody calls off."""
    from procrastinate import JobContext
    from procrastinate.jobs import Job

    job = Job(
        id=number, queue=task.queue, lock=None, queueing_lock=None, task_name=task.name, task_kwargs=arguments
    )
    return JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None)
