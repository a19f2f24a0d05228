"""Refusals in the audit log, without letting an attacker fill the disk.

A refused call that cost its caller nothing may come without end. In each minute the first few of one rule and
key are written one by one, the rest as one entry with their count. Keys nobody knows share one account.
"""

from __future__ import annotations

from datetime import datetime

from shuzhi.pillars.security.canonical import Content, content_of

ONE_BY_ONE = 20
UNKNOWN = "unknown"


class Ledger:
    """Counts refusals by rule and key within the running minute."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self._minute: datetime | None = None
        self._counts: dict[tuple[str, str], int] = {}

    def admits(self, rule: str, actor: str, at: datetime) -> bool:
        """Whether this refusal gets an entry of its own; otherwise it is counted."""
        account = (rule, actor)
        self._counts[account] = self._counts.get(account, 0) + 1
        self._minute = self._minute or _minute(at)
        return self._counts[account] <= ONE_BY_ONE

    def close_minute(self, at: datetime, *, at_once: bool = False) -> list[Content]:
        """The entries of a minute that has ended, one for each rule and key that had too many refusals."""
        if self._minute is None or (_minute(at) <= self._minute and not at_once):
            return []
        entries = [
            content_of(
                at=at,
                action="exchange.refused",
                target="gateway/refusals",
                actor=actor,
                outcome="refused",
                facts={"rule": rule, "count": count - ONE_BY_ONE, "minute": self._minute.isoformat()},
            )
            for (rule, actor), count in sorted(self._counts.items())
            if count > ONE_BY_ONE
        ]
        self._minute, self._counts = None, {}
        return entries


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
