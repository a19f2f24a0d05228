"""What a push consists of, and what becomes of it (取件与回执): the two steps in the database around each attempt.

The first commits, with its audit entry, before anything leaves; so nothing ever left that the log does not name. A
worker that is killed between the two pushes the same events again, under the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F

from shuzhi.data.exchange import models, queries, signing
from shuzhi.data.exchange.gateway.kinds import events as told
from shuzhi.data.exchange.gateway.kinds.masked import caller_of, decision_for
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.services import notices
from shuzhi.data.exchange.streams import is_served
from shuzhi.data.exchange.types import EventState
from shuzhi.data.exchange.vault import Vault
from shuzhi.data.registers import feed
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.data_policy import Channel
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.subjects import ENTITY, node_reference
from shuzhi.pillars.security.types import Actor, system

AT_ONCE = 50
MOST_ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = 5, 3600  # seconds
RESTING = timedelta(minutes=1)
UNSIGNED = "the office signs with a key of its own, so nothing can be signed for it"

# Events of an entity wait behind one of it that never arrived.
WAITING = """
SELECT e.id FROM exchange_event e
WHERE e.subscription_id = %s AND e.state = 'waiting' AND NOT EXISTS (
    SELECT FROM exchange_event d
    WHERE d.subscription_id = e.subscription_id AND d.state = 'dead' AND d.entity = e.entity AND d.seq < e.seq
)
ORDER BY e.seq LIMIT %s
"""
DUE = """
SELECT t.subscription_id FROM exchange_stream t
JOIN exchange_subscription s ON s.id = t.subscription_id
WHERE s.status = 'granted' AND s.endpoint <> '' AND NOT s.sandbox AND t.stopped_at IS NULL
  AND (t.not_before IS NULL OR t.not_before <= %s) AND s.since <= %s AND s.until >= %s
  AND EXISTS (
    SELECT FROM exchange_event e
    WHERE e.subscription_id = t.subscription_id AND e.state = 'waiting' AND NOT EXISTS (
        SELECT FROM exchange_event d
        WHERE d.subscription_id = e.subscription_id AND d.state = 'dead' AND d.entity = e.entity AND d.seq < e.seq
    )
  )
ORDER BY t.not_before NULLS FIRST, t.subscription_id
"""


class Fault(StrEnum):
    """Whose fault it is that a push was not taken."""

    NONE = "none"  # it was taken
    EVENT = "event"  # the receiver refused these very events
    ENDPOINT = "endpoint"  # the receiver can't be reached, or takes nothing


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    fault: Fault
    reason: str = ""


@dataclass(frozen=True)
class Push:
    """Events on their way: who gets them, what is sent, how it is signed."""

    subscription: int
    endpoint: str
    key_id: str
    secret: bytes
    body: bytes
    events: tuple[int, ...]
    first: int
    last: int

    def headers(self, target: str, *, at: datetime) -> dict[str, str]:
        """The signed head of one attempt."""
        path, _, query = target.partition("?")
        signed = signing.signed_headers(
            key_id=self.key_id,
            secret=self.secret.decode(),
            method=signing.PUSH,
            path=path,
            query=query,
            body=self.body,
            at=at,
            algorithm=signing.SHA256,
        )
        return dict(signed) | {"content-type": "application/json; charset=utf-8"}


def due_streams(*, at: datetime) -> list[int]:
    """The subscriptions that have something to be pushed now, the longest resting first."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [at, day_of(at), day_of(at)])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def take_push(subscription: int, *, at: datetime) -> Push | None:
    """The next push of a stream, noted in the log as leaving; None when nothing may leave now."""
    stream = models.Stream.objects.select_for_update().get(subscription=subscription)
    # Locked for sharing only: a revocation waits for this instant, and for nothing that is sent.
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM exchange_subscription WHERE id = %s FOR SHARE", [subscription])
    row = models.Subscription.objects.select_related("interface").get(id=subscription)
    grant, key = queries.grant_of(row), row.credentials.filter(revoked_at=None).first()
    if not is_served(grant, at) or grant.hidden or stream.stopped_at is not None or key is None:
        rest(subscription, at=at)
        return None
    most = _within_quota(stream, row, at=at)
    found = _next_events(subscription, 1 if stream.failures else min(AT_ONCE, most)) if most else []
    if not found:
        return None
    if not key.sealed_secret:
        _stop(stream, UNSIGNED, at=at)
        return None
    models.Event.objects.filter(id__in=[one.id for one in found]).update(attempts=F("attempts") + 1)
    body = _body(grant, found, at=at)
    vault = Vault(secret(settings().home, "exchange"))
    return Push(
        subscription=subscription,
        endpoint=row.endpoint,
        key_id=key.key_id,
        secret=vault.open(key.key_id, bytes(key.sealed_secret)),
        body=body,
        events=tuple(one.id for one in found),
        first=found[0].seq,
        last=found[-1].seq,
    )


def rest(subscription: int, *, at: datetime) -> None:
    """Leave a stream alone for a minute: nothing may leave now, or something of ours is broken."""
    models.Stream.objects.filter(subscription=subscription).update(not_before=at + RESTING)


def may_leave(subscription: int, *, at: datetime) -> bool:
    """Whether a push may still leave: asked once more when the connection stands and before the first byte of it."""
    row = models.Subscription.objects.select_related("interface").get(id=subscription)
    return is_served(queries.grant_of(row), at)


@transaction.atomic
def settle_push(push: Push, outcome: Outcome, *, at: datetime) -> None:
    """Note what became of an attempt: taken, to be repeated later, or given up."""
    stream = models.Stream.objects.select_for_update().get(subscription=push.subscription)
    events = models.Event.objects.filter(id__in=push.events, state=EventState.WAITING.value)
    if outcome.fault is Fault.NONE:
        taken = events.update(state=EventState.DELIVERED.value, problem="")
        days = models.DailyCount.objects.filter(subscription=push.subscription, day=day_of(at))
        days.update(calls=F("calls") + taken)
        _begin_anew(stream, at=at)
        _record(push.subscription, "exchange.push_taken", at=at, first=push.first, last=push.last)
        return
    _fail(stream, push, events.order_by("seq").first(), outcome, at=at)


def _fail(
    stream: models.Stream, push: Push, head: models.Event | None, outcome: Outcome, *, at: datetime
) -> None:
    reason = outcome.reason[:300]
    stream.failures, stream.problem = stream.failures + 1, reason
    stream.not_before = at + wait_after(stream.failures)
    _record(
        push.subscription,
        "exchange.push_failed",
        at=at,
        outcome="failed",
        first=push.first,
        last=push.last,
        reason=reason,
    )
    if head is not None and head.attempts >= MOST_ATTEMPTS:
        head.state, head.problem = EventState.DEAD.value, reason
        head.save(update_fields=["state", "problem"])
        _record(push.subscription, "exchange.push_dead", at=at, outcome="failed", seq=head.seq, reason=reason)
        if outcome.fault is Fault.ENDPOINT:
            _stop(stream, reason, at=at)
        else:
            stream.failures, stream.not_before = 0, None
    stream.save()


def wait_after(failures: int) -> timedelta:
    """How long a stream rests: 5 s, doubled with each failure, an hour at most."""
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 20)))


def _next_events(subscription: int, most: int) -> list[models.Event]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [subscription, most])
        numbers = [row[0] for row in cursor.fetchall()]
    return list(models.Event.objects.filter(id__in=numbers).order_by("seq"))


def _within_quota(stream: models.Stream, row: models.Subscription, *, at: datetime) -> int:
    """How many events may still leave today; with none left the stream rests until midnight in China."""
    today = day_of(at)
    day, _ = models.DailyCount.objects.get_or_create(subscription=row, day=today, defaults={"calls": 0})
    left = row.daily_quota - day.calls
    if left <= 0:
        stream.not_before = datetime.combine(today + timedelta(days=1), time(), tzinfo=CHINA)
        stream.save(update_fields=["not_before"])
    return max(left, 0)


def _body(grant: Grant, found: Sequence[models.Event], *, at: datetime) -> bytes:
    """The events as their subscriber gets them; that they leave is written into the log."""
    changes = feed.changes_of(one.change for one in found)
    stories = [
        told.Told(
            one.seq,
            one.kind,
            one.entity,
            one.at,
            one.changed,
            changes[one.change].values if one.change in changes else None,
        )
        for one in found
    ]
    decision = decision_for(grant, Channel.GATEWAY, at) if grant.terms.limited else None
    content = told.content_of(stories, grant, key=masking_key(), decision=decision)
    subjects = [node_reference(ENTITY, one.entity) for one in stories]
    noted = told.noted_of(stories, grant, decision)
    _record(
        grant.subscription, "exchange.pushed", at=at, grant=grant, outcome="sent", subjects=subjects, **noted
    )
    head = {
        "interface": grant.interface,
        "version": grant.terms.version,
        "subscription": grant.subscription,
    }
    return msgspec.json.encode(head | content)


def _begin_anew(stream: models.Stream, *, at: datetime) -> None:
    stream.failures, stream.not_before, stream.stopped_at = 0, None, None
    stream.problem, stream.taken_at = "", at
    stream.save()


def _stop(stream: models.Stream, reason: str, *, at: datetime) -> None:
    """Push no more until somebody looks; the office finds a notice in its inbox."""
    stream.stopped_at, stream.problem = at, reason[:300]
    stream.save()
    row = models.Subscription.objects.select_related("interface").get(id=stream.subscription_id)
    _record(row.id, "exchange.push_stopped", at=at, outcome="failed", reason=reason)
    title = Words(
        zh=f"接口 {row.interface_id} 的变更推送不到，已停止推送（第 {row.id} 号订阅）",
        en=f"Events of {row.interface_id} can't be delivered; pushing has stopped (subscription {row.id})",
    )
    subject = notice_subject(row)
    notices.open_notice(
        office=row.office, subject=subject, title=title, facts={"reason": reason}, by=COURIER, at=at
    )


def notice_subject(row: models.Subscription) -> str:
    """What a notice about a stream that stopped is about."""
    return f"interface/{row.interface_id}#events-{row.id}"


def _record(
    subscription: int,
    action: str,
    *,
    at: datetime,
    grant: Grant | None = None,
    outcome: str = "done",
    subjects: Sequence[str] = (),
    **facts: Any,
) -> None:
    if grant is None:
        row = models.Subscription.objects.select_related("interface").get(id=subscription)
        grant = queries.grant_of(row)
    noted: Actor = replace(COURIER, office=grant.office, purpose=grant.purpose, basis=grant.basis)
    audit.record(
        action,
        target=f"interface/{grant.interface}",
        by=noted,
        at=at,
        outcome=outcome,
        subjects=subjects,
        subscription=subscription,
        receiver=caller_of(grant).name,
        **facts,
    )


COURIER = system("exchange")
