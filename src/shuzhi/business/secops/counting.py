"""From entries to what a caller did on a day (按日汇总): one pass over a piece of the log, in memory bounded by the piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from django.db import connection

from shuzhi.business.secops import models
from shuzhi.business.secops.types import AccessRule, Kind
from shuzhi.foundation.clock import CHINA
from shuzhi.pillars.security.log.following import Followed
from shuzhi.pillars.standards import calendars

WATCHED = ("subscription/", "account/")
EXPORTS = frozenset({"exports.exported", "exchange.filed"})
NEW_THINGS = ("interface/", "dataset/", "register/")
MOST_FRESH = 50
DIGITS = 12  # of a number of rows
MONDAY_TO_FRIDAY = 5

_ADD = """
INSERT INTO secops_callerday (caller, day, office, calls, refused, missed, late, rows, fresh)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)
ON CONFLICT (caller, day) DO UPDATE SET
    calls = secops_callerday.calls + excluded.calls, refused = secops_callerday.refused + excluded.refused,
    missed = secops_callerday.missed + excluded.missed, late = secops_callerday.late + excluded.late,
    rows = secops_callerday.rows + excluded.rows, fresh = secops_callerday.fresh || excluded.fresh
"""

CallerOnDay = tuple[str, date]


@dataclass
class Tally:
    """What is added to one caller's day."""

    office: str | None = None
    calls: int = 0
    refused: int = 0
    missed: int = 0
    late: int = 0
    rows: int = 0
    things: dict[str, None] = field(default_factory=dict)


def tally(entries: Iterable[Followed], rules: Sequence[AccessRule]) -> dict[CallerOnDay, Tally]:
    """The entries of people and subscriptions, by caller and day in China."""
    hours = next((rule for rule in rules if rule.kind is Kind.HOURS), None)
    found: dict[CallerOnDay, Tally] = {}
    for entry in entries:
        if not entry.actor.startswith(WATCHED):
            continue
        local = entry.at.astimezone(CHINA)
        one = found.setdefault((entry.actor, local.date()), Tally(entry.office))
        one.calls += 1
        if entry.rule == "query":
            one.missed += 1
        elif entry.outcome == "refused":
            one.refused += 1
        if hours is not None and _is_late(hours, entry.office, local):
            one.late += 1
        if entry.action in EXPORTS and entry.rows and entry.rows.isdecimal() and len(entry.rows) <= DIGITS:
            one.rows += int(entry.rows)
        if entry.target.startswith(NEW_THINGS):
            one.things[entry.target] = None
        if entry.purpose:
            one.things[f"purpose/{entry.purpose}"] = None
    return found


def add(found: dict[CallerOnDay, Tally]) -> None:
    """Add the tallies to the days, with what each caller uses for the first time."""
    import json

    fresh = _fresh(found)
    with connection.cursor() as cursor:
        cursor.executemany(
            _ADD,
            [
                (caller, day, one.office, one.calls, one.refused, one.missed, one.late, one.rows, json.dumps(fresh[caller, day]))
                for (caller, day), one in sorted(found.items())
            ],
        )  # fmt: skip


def _fresh(found: dict[CallerOnDay, Tally]) -> dict[CallerOnDay, list[str]]:
    callers = sorted({caller for caller, _ in found})
    known = set(models.Seen.objects.filter(caller__in=callers).values_list("caller", "what"))
    fresh: dict[CallerOnDay, list[str]] = {}
    for (caller, day), one in sorted(found.items()):
        new = [what for what in one.things if (caller, what) not in known]
        known.update((caller, what) for what in new)
        models.Seen.objects.bulk_create(
            [models.Seen(caller=caller, what=what[:400]) for what in new], ignore_conflicts=True
        )
        fresh[caller, day] = new[:MOST_FRESH]
    return fresh


def _is_late(rule: AccessRule, office: str | None, local: datetime) -> bool:
    if office in rule.round_the_clock:
        return False
    return not (rule.hours_from <= local.time() < rule.hours_to) or not _is_working(local.date())


@lru_cache(maxsize=400)
def _is_working(day: date) -> bool:
    try:
        return calendars.is_working_day(day)
    except calendars.CalendarNotPublished:  # the weekdays, until the year's notice is out
        return day.weekday() < MONDAY_TO_FRIDAY
