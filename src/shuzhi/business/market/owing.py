"""What receivers owe after a consent ended or was narrowed (应删范围), reckoned from its revisions: no state of its own.

A consent that is given again, with fewer fields or after a withdrawal, is the same record with further revisions. Each
revision let certain offices have certain fields for a time; what was delivered then, is agreed to no longer and was not
asked back since, is owed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from shuzhi.business.market.types import SIGNED


@dataclass(frozen=True)
class Span:
    """What one revision let whom have, from when until before when."""

    receivers: frozenset[str]
    fields: frozenset[str]
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Delivered:
    """What an office was given in one span: how often, and when last."""

    fields: frozenset[str]
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Owed:
    """What an office is asked to delete."""

    fields: tuple[str, ...]
    deliveries: int
    last_at: datetime


def spans(revisions: Iterable[tuple[str, datetime]]) -> list[Span]:
    """The spans of a consent, from the snapshots of its revisions in their order and when each was written."""
    said = [(json.loads(snapshot)["objectData"], at) for snapshot, at in revisions]
    ends: list[datetime | None] = [at for _, at in said]
    found = []
    for (one, at), after in zip(said, [*ends, None][1:], strict=True):
        if not one["optIn"] or one["state"] != SIGNED:
            continue
        until = datetime.fromisoformat(one["until"])
        until = until if after is None else min(until, after)
        found.append(Span(frozenset(one["receivers"]), frozenset(one["fields"]), at, until))
    return found


def owed(
    delivered: Iterable[Delivered],
    *,
    agreed: Collection[str],
    asked: Iterable[tuple[frozenset[str], datetime]],
) -> Owed | None:
    """What an office owes: `agreed` fields it may still have, `asked` were asked back before, each with its moment."""
    earlier = list(asked)
    fields: set[str] = set()
    times, last = 0, []
    for one in delivered:
        since = {name for names, at in earlier if at >= one.last_at for name in names}
        lost = one.fields - set(agreed) - since
        if one.times and lost:
            fields |= lost
            times += one.times
            last.append(one.last_at)
    return Owed(tuple(sorted(fields)), times, max(last)) if fields else None
