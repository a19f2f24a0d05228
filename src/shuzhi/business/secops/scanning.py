"""Scanning the log for unusual access (扫描): piece by piece, each in one transaction with how far it came.

A scan that is killed has done whole pieces and nothing of the next; run again it goes on there. Two at once wait for each
other on the follower's row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

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
    for row, history in _with_history(sorted(tallies)):
        for rule in rules:
            since = row.day - timedelta(days=rule.history_days)
            past = [one for one in history if since <= one.day < row.day]
            judgement = judge(rule, value_of(row), past, allowed=_allowed(rule, row))
            if judgement is not None:
                found += 1
                opened += raise_incident(rule, row, judgement, by=by, at=at)
    return len(entries), found, opened


def _with_history(touched: Sequence[tuple[str, date]]) -> Iterator[tuple[models.CallerDay, list[Day]]]:
    """Each touched day with the caller's earlier days."""
    callers = sorted({caller for caller, _ in touched})
    first = min((day for _, day in touched), default=date.max)
    since = first - timedelta(days=LONGEST_HISTORY) if touched else first
    days: dict[str, list[models.CallerDay]] = {caller: [] for caller in callers}
    for row in models.CallerDay.objects.filter(caller__in=callers, day__gte=since).order_by("caller", "day"):
        days[row.caller].append(row)
    for caller, day in touched:
        rows = {row.day: row for row in days[caller]}
        yield rows[day], [value_of(row) for row in days[caller]]


def value_of(row: models.CallerDay) -> Day:
    """A day as the rules know it."""
    return Day(row.day, row.calls, row.refused, row.missed, row.late, row.rows, tuple(row.fresh))


def _allowed(rule: AccessRule, row: models.CallerDay) -> int:
    return max(
        models.Exemption.objects.filter(
            rule=rule.rule, caller=row.caller, until__gte=row.day
        ).values_list("up_to", flat=True),
        default=0,
    )  # fmt: skip
