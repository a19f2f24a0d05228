"""Scanning the log for unusual access (扫描): piece by piece, each in one transaction with how far it came.

A scan that is killed has done whole pieces and nothing of the next; run again it goes on there. Two at once wait for each
other on the follower's row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction

from shuzhi.business.secops import counting, models
from shuzhi.business.secops.judging import judge
from shuzhi.business.secops.raising import raise_incident
from shuzhi.business.secops.types import AccessRule, Day, ScanReport
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.log.following import following
from shuzhi.pillars.security.types import Actor

AT_ONCE = 20_000
LONGEST_HISTORY = 90


def scan(*, by: Actor, at: datetime) -> ScanReport:
    """Read what has been sealed since the last scan, and raise an incident for what is unusual in it.

    Raises:
        Forbidden: only the platform and administrators scan.
    """
    policy.require("secops.scan", by=by)
    rules = declared_rules()
    models.Follower.objects.get_or_create(id=1)
    entries = findings = incidents = 0
    while True:
        read, found, opened = _piece(rules, by=by, at=at)
        entries, findings, incidents = entries + read, findings + found, incidents + opened
        if not read:
            break
    place = models.Follower.objects.get(id=1).place
    return ScanReport(entries, findings, incidents, place)


def declared_rules() -> list[AccessRule]:
    """The rules that packs declare."""
    return [AccessRule.model_validate(row.declared) for row in models.Rule.objects.order_by("id")]


@transaction.atomic
def _piece(rules: Sequence[AccessRule], *, by: Actor, at: datetime) -> tuple[int, int, int]:
    follower = models.Follower.objects.select_for_update().get(id=1)
    entries = following(after=follower.place, most=AT_ONCE)
    if not entries:
        return 0, 0, 0
    tallies = counting.tally(entries, rules)
    counting.add(tallies)
    follower.place = entries[-1].place + 1
    follower.save()
    found = opened = 0
    callers = sorted({caller for caller, _ in tallies})
    allowed = _exemptions(callers)
    for row, history in _with_history(callers, set(tallies)):
        past = {days: _last(history, row.day, days) for days in {rule.history_days for rule in rules}}
        for rule in rules:
            lets_pass = _allowed(allowed.get((rule.rule, row.caller), ()), row.day)
            judgement = judge(rule, value_of(row), past[rule.history_days], allowed=lets_pass)
            if judgement is not None:
                found += 1
                opened += raise_incident(rule, row, judgement, by=by, at=at)
    return len(entries), found, opened


def _with_history(
    callers: Sequence[str], touched: set[tuple[str, date]]
) -> Iterator[tuple[models.CallerDay, list[Day]]]:
    """Each touched day with the caller's days, the first one first; two statements, one caller in memory at a time."""
    first = min((day for _, day in touched), default=date.max)
    since = first - timedelta(days=LONGEST_HISTORY) if touched else first
    rows = models.CallerDay.objects.filter(caller__in=callers, day__gte=since).order_by("caller", "day")
    for _, group in groupby(rows.iterator(chunk_size=5_000), key=lambda row: row.caller):
        own = list(group)
        history = [value_of(row) for row in own]
        yield from ((row, history) for row in own if (row.caller, row.day) in touched)


def _last(history: Sequence[Day], day: date, days: int) -> list[Day]:
    since = day - timedelta(days=days)
    return [one for one in history if since <= one.day < day]


def value_of(row: models.CallerDay) -> Day:
    """A day as the rules know it."""
    return Day(row.day, row.calls, row.refused, row.missed, row.late, row.rows, tuple(row.fresh))


def _exemptions(callers: Sequence[str]) -> dict[tuple[str, str], list[tuple[date, int]]]:
    """What is let pass, by rule and caller: until when, up to which figure."""
    found: dict[tuple[str, str], list[tuple[date, int]]] = {}
    rows = models.Exemption.objects.filter(caller__in=callers)
    for rule, caller, until, up_to in rows.values_list("rule", "caller", "until", "up_to"):
        found.setdefault((rule, caller), []).append((until, up_to))
    return found


def _allowed(exemptions: Sequence[tuple[date, int]], day: date) -> int:
    return max((up_to for until, up_to in exemptions if day <= until), default=0)
