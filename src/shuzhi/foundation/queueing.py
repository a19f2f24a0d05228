"""Asking the worker for a job that need not wait twice (作业排队)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.tasks import Task


def defer_once(task: Task[Any, Any, Any] | JobDeferrer, **arguments: Any) -> bool:
    """Queue a job unless one with its queueing lock waits already: that one will see the news of both. `task` may be
    configured.

    In the running transaction, which stays whole where the queue refuses. Returns whether it was queued.
    """
    try:
        with transaction.atomic():
            task.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
