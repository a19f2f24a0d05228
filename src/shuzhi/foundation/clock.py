"""Clock (时钟): read once at the edge of the system, passed in everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The moment a request, command or job begins. Services and rules never call this."""
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing(at: datetime) -> Iterator[None]:
    """Let the edges of the system take `at` for now: a scenario's pages and jobs live on the scenario's day."""
    before = _standing.set(at)
    try:
        yield
    finally:
        _standing.reset(before)


def day_of(at: datetime) -> date:
    """The calendar day in China on which a moment falls."""
    return at.astimezone(CHINA).date()
