"""Background work of signing in (定时任务)."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import settings
from shuzhi.support.identity import sessions, signing_in


@app.periodic(cron="25 * * * *")
@app.task(name="identity.forget_old", queueing_lock="identity.forget_old", pass_context=False)
def forget_old(timestamp: int) -> int:
    """Remove counts of attempts that no longer count, and sessions that are over."""
    from django.contrib.sessions.backends.db import SessionStore

    del timestamp
    SessionStore.clear_expired()
    at = now()
    sessions.forget_old(before=at - timedelta(hours=settings().session_hours))
    return signing_in.forget_old(at=at)
