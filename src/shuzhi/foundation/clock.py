"""Clock (时钟): read once at the edge of the system, passed in everywhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The moment a request, command or job begins. Services and rules never call this."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The calendar day in China on which a moment falls."""
    return at.astimezone(CHINA).date()
