"""Statistics of cases (办件统计): counted day by day from their steps, so that no figure reads ten million cases.

Days that are over are counted once, by a job, into `CaseDay`; what came since is counted when it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.types import Action, Tally
from shuzhi.foundation.clock import CHINA

COUNTED = (
    Action.SUBMIT, Action.ACCEPT, Action.DEEM, Action.ELSEWHERE, Action.GRANT, Action.REFUSE, Action.REJECT,
    Action.WITHDRAW, Action.ASK,
)  # fmt: skip
_NAMES = {
    Action.SUBMIT: "submitted", Action.ACCEPT: "accepted", Action.DEEM: "accepted", Action.ELSEWHERE: "elsewhere",
    Action.GRANT: "granted", Action.REFUSE: "refused", Action.WITHDRAW: "withdrawn", Action.ASK: "corrected",
}  # fmt: skip
_MOST_DAYS = 400  # counted at once
_Line = tuple[str, str, str, int, int, int]  # matter, office, action, all, in time, instant


def figures(*, since: date, until: date, office: str = "", matter: str = "") -> list[Tally]:
    """What became of the cases of each matter from one day to another, both included, by office and matter."""
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, owner, action, count, in_time, instant in _lines(since, until, office, matter):
        kept = sums[owner, name]
        if (field := _NAMES.get(Action(action))) is not None:
            kept[field] += count
        if action in (Action.GRANT, Action.REFUSE):
            kept["decided"] += count
            kept["in_time"] += in_time
            kept["instant"] += instant
    return [Tally(matter=name, office=owner, **sums[owner, name]) for owner, name in sorted(sums)]


def handled_on_one_network(day: date) -> tuple[int, int, frozenset[str]]:
    """K03 (“一网通办”率): of the year's cases up to a day, those accepted on this platform; all; the matters of the first."""
    found = figures(since=date(day.year, 1, 1), until=day)
    here = sum(each.accepted for each in found)
    matters = frozenset(f"matter/{each.matter}" for each in found if each.accepted)
    return here, sum(each.cases for each in found), matters


def across_nodes(day: date) -> tuple[int, int, frozenset[str]]:
    """通办: of the year's cases up to a day that came from other nodes or went to them, those decided; all; their matters."""
    begin, end = _start(date(day.year, 1, 1)), _start(day + timedelta(days=1))
    sent = Q(crossing__begun_at__gte=begin, crossing__begun_at__lt=end)
    came = Q(came__came_at__gte=begin, came__came_at__lt=end)
    rows = models.Case.objects.filter(sent | came).values_list("matter", "decided_at")
    decided = [matter for matter, at in rows if at is not None and at < end]
    return len(decided), len(rows), frozenset(f"matter/{each}" for each in decided)


@transaction.atomic
def count_days(*, today: date) -> int:
    """Count the days that are over and not counted yet; returns how many. Safe to repeat and to kill."""
    kept, _ = models.CountedDay.objects.select_for_update().get_or_create(
        id=1, defaults={"day": _first_day(today) - timedelta(days=1)}
    )
    days = [kept.day + timedelta(days=n + 1) for n in range(_MOST_DAYS)]
    over = [day for day in days if day < today]
    for day in over:
        _keep(day)
    if over:
        kept.day = over[-1]
        kept.save(update_fields=["day"])
    return len(over)


def _keep(day: date) -> None:
    models.CaseDay.objects.filter(day=day).delete()
    steps = _steps(day, day).values("matter", "owner", "channel", "action")
    models.CaseDay.objects.bulk_create(
        models.CaseDay(
            day=day, matter=one["matter"], office=one["owner"], channel=one["channel"], action=one["action"],
            count=one["n"], in_time=one["timely"], instant=one["instant"],
        )
        for one in _counted(steps)
    )  # fmt: skip


def _lines(since: date, until: date, office: str, matter: str) -> Iterator[_Line]:
    """Days that are counted, then the steps of those that are not."""
    last = models.CountedDay.objects.values_list("day", flat=True).first() or date.min
    if since <= last:
        days = _of(models.CaseDay.objects.filter(day__gte=since, day__lte=min(until, last)), office, matter)
        for one in days.values("matter", "office", "action").annotate(
            n=Sum("count"), timely=Sum("in_time"), instants=Sum("instant")
        ):
            yield one["matter"], one["office"], one["action"], one["n"], one["timely"], one["instants"]
    begin = max(since, last + timedelta(days=1)) if last > date.min else since
    if begin <= until:
        steps = _steps(begin, until)
        steps = steps.filter(owner=office) if office else steps
        steps = steps.filter(matter=matter) if matter else steps
        for one in _counted(steps.values("matter", "owner", "action")):
            yield one["matter"], one["owner"], one["action"], one["n"], one["timely"], one["instant"]


def _of(rows: Any, office: str, matter: str) -> Any:
    rows = rows.filter(office=office) if office else rows
    return rows.filter(matter=matter) if matter else rows


def _steps(since: date, until: date) -> Any:
    return models.CaseStep.objects.filter(
        at__gte=_start(since), at__lt=_start(until + timedelta(days=1)), action__in=[each.value for each in COUNTED]
    )  # fmt: skip


def _counted(steps: Any) -> Any:
    # Undated deadlines (no calendar) count as in time: nobody can be late by a day that does not exist.
    timely = Q(in_time=True) | Q(in_time=None)
    return steps.annotate(
        n=Count("id"), timely=Count("id", filter=timely), instant=Count("id", filter=Q(is_instant=True))
    ).order_by()  # fmt: skip


def _first_day(today: date) -> date:
    first = models.CaseStep.objects.order_by("at").values_list("at", flat=True).first()
    return first.astimezone(CHINA).date() if first else today


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
