"""How interfaces do (运行情况) and whether what their owners promise is kept (服务承诺): counted from the audit log by the hour.

The gateway notes with each decision how long it took; everything else is done by the worker, so that no call waits for it.
A call is lost when the gateway itself could not decide it (rule `service`); a refusal by any other rule is an answer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.types import Hours, InterfaceStatus, Promise
from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import queries as audit
from shuzhi.pillars.standards import calendars

HOUR = timedelta(hours=1)
LOST = "service"
OPENS, CLOSES = 9, 17  # working hours, in China
KEPT = timedelta(days=400)


@dataclass
class Health:
    """What became of an interface's calls in a span of time."""

    interface: str
    answered: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        """Calls that the gateway could not decide."""
        return self.refusals[LOST]

    @property
    def refused(self) -> int:
        """Calls that a rule refused."""
        return self.refusals.total() - self.lost

    @property
    def calls(self) -> int:
        """All calls."""
        return self.answered + self.refusals.total()

    @property
    def availability(self) -> float | None:
        """How many of 100 calls were not lost; None without calls."""
        return 100 * (self.calls - self.lost) / self.calls if self.calls else None

    def within_ms(self, share: float) -> float | None:
        """The time that this share of calls kept to, in milliseconds, at most 19 % above the true one."""
        rest = math.ceil(self.lengths.total() * share)
        for length, count in sorted(self.lengths.items()):
            rest -= count
            if rest <= 0:
                return 2 ** (length / 4) / 1000
        return None

    def add(self, row: models.HourOfCalls) -> None:
        """Add an hour."""
        self.answered += row.answered
        self.refusals.update(row.refusals)
        self.lengths.update({int(length): count for length, count in row.lengths.items()})


@dataclass(frozen=True)
class Verdict:
    """Whether a promise was kept in a month; None while there is nothing to judge by."""

    interface: str
    title: Words
    owner: str
    promise: Promise
    health: Health
    available: bool | None
    quick: bool | None

    @property
    def kept(self) -> bool | None:
        """Both parts of it."""
        if self.available is None:
            return None
        return self.available and self.quick is not False


@transaction.atomic
def count_hours(*, at: datetime, hours: int = 2) -> int:
    """Count the calls of this hour and those before it; returns how many rows that makes. Safe to repeat."""
    last = at.replace(minute=0, second=0, microsecond=0)
    known = set(models.Interface.objects.values_list("id", flat=True))
    made = 0
    for back in range(hours):
        hour = last - back * HOUR
        rows = _rows_of(hour, known)
        models.HourOfCalls.objects.filter(hour=hour).delete()
        made += len(models.HourOfCalls.objects.bulk_create(rows))
    models.HourOfCalls.objects.filter(hour__lt=at - KEPT).delete()
    return made


def health_between(
    since: datetime,
    until: datetime,
    *,
    interface: str | None = None,
    counts: Callable[[datetime], bool] = bool,
) -> dict[str, Health]:
    """What became of calls in whole hours, by interface; `counts` says which hours do."""
    rows = models.HourOfCalls.objects.filter(hour__gte=since, hour__lt=until)
    if interface is not None:
        rows = rows.filter(interface=interface)
    found: dict[str, Health] = {}
    for row in rows.order_by("interface", "hour").iterator():
        if counts(row.hour):
            found.setdefault(row.interface, Health(row.interface)).add(row)
    return found


def last_hour_and_day(
    *, at: datetime, interface: str | None = None
) -> tuple[dict[str, Health], dict[str, Health]]:
    """The last full hour; and the running hour with the 23 before it."""
    begun = at.replace(minute=0, second=0, microsecond=0)
    hour = health_between(begun - HOUR, begun, interface=interface)
    return hour, health_between(begun - 23 * HOUR, begun + HOUR, interface=interface)


def verdicts(month: date, *, owner: str | None = None) -> list[Verdict]:
    """Every promise of a month (its days in China), by owner and interface."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    since, until = (datetime(day.year, day.month, 1, tzinfo=CHINA) for day in (first, following))
    whole = health_between(since, until)
    working: dict[str, Health] | None = None
    found = []
    for each in queries.interfaces(status=InterfaceStatus.PUBLISHED, owner=owner):
        declared = each.versions[0].declaration if each.versions else each.declaration
        if declared.promise is None:
            continue
        health = whole.get(each.id, Health(each.id))
        if declared.promise.hours is Hours.WORKING:
            working = health_between(since, until, counts=is_working_hour) if working is None else working
            health = working.get(each.id, Health(each.id))
        found.append(_judged(each.id, declared.title, declared.owner, declared.promise, health))
    return sorted(found, key=lambda one: (one.owner, one.interface))


def is_working_hour(hour: datetime) -> bool:
    """Whether an hour lies in the working hours of a working day; of a year whose calendar is not out, Monday to Friday."""
    here = hour.astimezone(CHINA)
    try:
        works = calendars.is_working_day(here.date())
    except calendars.CalendarNotPublished:
        works = here.weekday() < 5  # noqa: PLR2004 - Saturday
    return works and OPENS <= here.hour < CLOSES


def _judged(interface: str, title: Words, owner: str, promise: Promise, health: Health) -> Verdict:
    share, slowest = health.availability, health.within_ms(0.95)
    available = None if share is None else share >= promise.availability
    quick = None if promise.p95_ms is None or slowest is None else slowest <= promise.p95_ms
    return Verdict(interface, title, owner, promise, health, available, quick)


def _rows_of(hour: datetime, known: set[str]) -> list[models.HourOfCalls]:
    tallies = audit.call_tallies(since=hour, until=hour + HOUR)
    many = {tally.actor for tally in tallies if tally.actor}
    interface_of = _interfaces_of(many)
    found: dict[str, Health] = defaultdict(lambda: Health(""))
    for tally in tallies:
        name = interface_of.get(tally.actor) if tally.actor else tally.target.removeprefix("interface/")
        if name not in known:
            continue
        health = found[str(name)]
        if tally.rule is None:
            health.answered += tally.count
        else:
            health.refusals[tally.rule] += tally.count
        if tally.length is not None:
            health.lengths[tally.length] += tally.count
    return [
        models.HourOfCalls(
            interface=name,
            hour=hour,
            answered=health.answered,
            refusals=dict(health.refusals),
            lengths={str(length): count for length, count in health.lengths.items()},
        )
        for name, health in sorted(found.items())
    ]


def _interfaces_of(actors: Iterable[str]) -> dict[str, str]:
    """The interface of each caller `subscription/7`, for refusals that were written as one."""
    numbers = [int(number) for actor in actors if (number := actor.removeprefix("subscription/")).isdigit()]
    rows = models.Subscription.objects.filter(id__in=numbers).values_list("id", "interface_id")
    return {f"subscription/{number}": interface for number, interface in rows}
