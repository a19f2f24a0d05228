"""Background work of the rules' room (规则任务): replays, which may read a million rows."""

from __future__ import annotations

from procrastinate.contrib.django import app

from shuzhi.foundation.clock import now
from shuzhi.support.decisions.replaying.running import run_replay


@app.task(name="decisions.replay", pass_context=False)
def replay(number: int) -> str:
    """Do one replay; returns how it ended."""
    return run_replay(number=number, at=now()).value
