"""Asking the worker to dispatch: once a second at most, however many messages are accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

EVERY = timedelta(seconds=1)
_asked: dict[str, datetime] = {}


def wake_on_commit(at: datetime) -> None:
    """Once the running transaction has committed, ask; the dispatcher looks for more by itself while it runs."""
    transaction.on_commit(lambda: _wake(at), robust=True)


def _wake(at: datetime) -> None:
    from shuzhi.support.messages.jobs import dispatch_soon

    last = _asked.get("last")
    if last is None or abs(at - last) >= EVERY:
        _asked["last"] = at
        dispatch_soon()
