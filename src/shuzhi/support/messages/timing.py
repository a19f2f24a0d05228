"""When a message may go (时间规则): not at night unless it is urgent; later and later after failures."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from shuzhi.foundation.clock import CHINA
from shuzhi.support.messages.types import Channel

NIGHT_FROM, NIGHT_TO = time(22), time(7)
QUIET = frozenset({Channel.SMS})
MOST_ATTEMPTS = 10
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0


def earliest(channel: Channel, at: datetime, *, urgent: bool) -> datetime:
    """From when on a message may go out on a channel."""
    here = at.astimezone(CHINA)
    if urgent or channel not in QUIET or NIGHT_TO <= here.time() < NIGHT_FROM:
        return at
    morning = datetime.combine(here.date(), NIGHT_TO, CHINA)
    return morning if here.time() < NIGHT_TO else morning + timedelta(days=1)


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(failures - 1, 0)))
