"""Reading the audit log: entries that fit, the newest first, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from shuzhi.foundation.clock import CHINA
from shuzhi.pillars.security import models

PAGE = 50
NEWEST = ("-at", "-id", "-block", "-place")
_PLACES = """
SELECT n.id, r.first + n.id - r.entry FROM unnest(%s::bigint[]) AS n (id)
CROSS JOIN LATERAL (SELECT first, count, entry FROM security_auditrun WHERE entry <= n.id ORDER BY entry DESC LIMIT 1) r
WHERE n.id < r.entry + r.count
"""


@dataclass(frozen=True)
class Question:
    """Which entries are wanted: `action` and `target` by their beginning, `actor` by a part, `by` by the whole name."""

    action: str = ""
    actor: str = ""
    by: str = ""
    target: str = ""
    outcome: str = ""
    day: date | None = None


@dataclass(frozen=True)
class LoggedAct:
    """An entry of the audit log; `seq` is its place in the log from 0, None until it is sealed.

    `ref` is its lasting name: `e7`, or `b3.12` for the entry at place 12 of block 3.
    """

    ref: str
    seq: int | None
    at: datetime
    action: str
    target: str
    actor: str
    office: str | None
    purpose: str | None
    basis: str | None
    outcome: str
    facts: dict[str, Any]


def acts(question: Question, *, page: int = 1, size: int = PAGE) -> list[LoggedAct]:
    """Entries that fit, the newest first; three statements."""
    first = (page - 1) * size
    return _values(_fitting(question).order_by(*NEWEST)[first : first + size])


def acts_about(references: Sequence[str], *, page: int = 1, size: int = PAGE) -> list[LoggedAct]:
    """Entries about a subject, known by any of these references, the newest first."""
    first = (page - 1) * size
    rows = models.Act.objects.filter(subjects__overlap=list(references))
    return _values(rows.order_by(*NEWEST)[first : first + size])


def count_acts(question: Question) -> int:
    """How many entries fit."""
    return _fitting(question).count()


def outcomes() -> list[str]:
    """Every way in which an act has ended so far."""
    rows = models.Act.objects.order_by("outcome").values_list("outcome", flat=True)
    return list(rows.distinct())


def _fitting(question: Question) -> QuerySet[models.Act]:
    rows = models.Act.objects.all()
    if question.action:
        rows = rows.filter(action__startswith=question.action)
    if question.target:
        rows = rows.filter(target__startswith=question.target)
    if question.actor:
        rows = rows.filter(actor__contains=question.actor)
    if question.by:
        rows = rows.filter(actor=question.by)
    if question.outcome:
        rows = rows.filter(outcome=question.outcome)
    if question.day:
        start = datetime.combine(question.day, time(), tzinfo=CHINA)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return rows


def _values(rows: Iterable[models.Act]) -> list[LoggedAct]:
    rows = list(rows)
    numbers = {row.block for row in rows if row.block is not None}
    runs = dict(models.AuditRun.objects.filter(block__in=numbers).values_list("block", "first"))
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [[row.id for row in rows if row.block is None]])
        places = dict(cursor.fetchall())
    return [
        _value(row, places.get(row.id) if row.block is None else _offset(runs.get(row.block), row.place))
        for row in rows
    ]


def _offset(first: int | None, place: int | None) -> int | None:
    return None if first is None else first + (place or 0)


def _value(row: models.Act, place: int | None) -> LoggedAct:
    return LoggedAct(
        ref=f"e{row.id}" if row.block is None else f"b{row.block}.{row.place}",
        seq=place,
        at=row.at,
        action=row.action,
        target=row.target,
        actor=row.actor,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        outcome=row.outcome,
        facts=row.facts,
    )


@dataclass(frozen=True)
class CallTally:
    """How many calls of one target ended in one way. `actor` is told where many refusals were written as one entry.

    `length` is the power of the fourth root of 2, in microseconds, that each of them kept to; None where it was not noted.
    """

    target: str
    actor: str | None
    outcome: str
    rule: str | None
    length: int | None
    count: int


_CALLS = """
SELECT target, CASE WHEN facts ? 'count' THEN actor END, outcome, facts ->> 'rule',
       ceil(4 * ln(greatest((facts ->> 'took')::float8, 1)) / ln(2::float8))::int,
       sum(COALESCE((facts ->> 'count')::int, 1))
FROM security_act
WHERE action IN ('exchange.called', 'exchange.refused') AND at >= %s AND at < %s AND NOT facts ? 'sandbox'
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def call_tallies(*, since: datetime, until: datetime) -> list[CallTally]:
    """The exchange's calls of a span of time, counted; those with sandbox keys are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [since, until])
        rows = cursor.fetchall()
    return [
        CallTally(target, actor, outcome, rule, length, int(count))
        for target, actor, outcome, rule, length, count in rows
    ]


@dataclass(frozen=True)
class Use:
    """How often an office was given somebody's data, in one way and for one purpose, and which fields were among them."""

    office: str
    purpose: str
    action: str
    target: str
    times: int
    first_at: datetime
    last_at: datetime
    fields: tuple[str, ...]


GIVEN_BY = ("exchange.called", "exchange.filed", "exchange.pushed")
_USES = """
SELECT office, COALESCE(purpose, ''), action, target, count(*), min(at), max(at), jsonb_agg(DISTINCT facts -> 'fields')
FROM security_act
WHERE subjects && %s::varchar[] AND action = ANY(%s) AND outcome IN ('answered', 'done', 'sent')
  AND office IS NOT NULL AND at >= %s AND at < %s AND NOT facts ? 'sandbox'
GROUP BY 1, 2, 3, 4 ORDER BY max(at) DESC, 1, 2, 3, 4
"""


def uses_about(references: Sequence[str], *, since: datetime, until: datetime) -> list[Use]:
    """Who was given a subject's data through the exchange, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_USES, [list(references), list(GIVEN_BY), since, until])
        rows = cursor.fetchall()
    return [
        Use(office, purpose, action, target, int(times), first_at, last_at, _named(fields))
        for office, purpose, action, target, times, first_at, last_at, fields in rows
    ]


def _named(found: Any) -> tuple[str, ...]:
    lists = json.loads(found) if isinstance(found, str) else found
    return tuple(sorted({name for each in lists or () if isinstance(each, list) for name in each}))


_DELIVERIES = """
SELECT count(*) FROM security_act
WHERE action = 'exchange.called' AND outcome = 'answered' AND at >= %s AND at < %s AND target = %s
  AND actor = %s AND NOT facts ? 'sandbox'
"""
_DELIVERED = """
SELECT reference, count(*) FROM security_act, unnest(subjects) AS reference
WHERE action = 'exchange.called' AND outcome = 'answered' AND at >= %s AND at < %s AND target = %s
  AND actor = %s AND NOT facts ? 'sandbox' AND reference = ANY(%s)
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Calls:
    """Which calls are meant: of one interface, by one caller (`subscription/7`), in a span of time."""

    interface: str
    actor: str
    since: datetime
    until: datetime

    @property
    def asked(self) -> list[Any]:
        """As the statements ask for it."""
        return [self.since, self.until, f"interface/{self.interface}", self.actor]


def deliveries(calls: Calls) -> int:
    """How many calls were answered, as the gateway wrote them into the log."""
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES, calls.asked)
        return int(cursor.fetchone()[0])


def deliveries_about(calls: Calls, references: Sequence[str]) -> dict[str, int]:
    """How many of them were about each of these subjects."""
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERED, [*calls.asked, list(references)])
        return {str(reference): int(count) for reference, count in cursor.fetchall()}
