"""Streams of events (变更流): a register's changes become numbered events of each subscription that follows it.

Numbers are given in the transaction that notes how far the register was read, so a worker that is killed gives none twice
and leaves none out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.gateway.kinds.masked import decision_for
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.types import EventState, InterfaceKind, InterfaceStatus, SubscriptionStatus
from shuzhi.data.registers import feed
from shuzhi.data.registers.types import Change, ChangeKind
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.data_policy import Channel

AT_ONCE = 2_000

Admits = Callable[[Mapping[str, Any]], bool]


def begin(row: models.Subscription) -> None:
    """An event subscription was granted: it is told of what changes from now on; a sandbox, of all that is made up."""
    grant = queries.grant_of(row)
    if grant.terms.kind is not InterfaceKind.EVENTS:
        return
    register = grant.terms.register
    cursor = 0 if row.sandbox else feed.latest_changes().get(register, 0)
    models.Stream.objects.get_or_create(subscription=row, defaults={"register": register, "cursor": cursor})


def feed_streams(*, at: datetime) -> int:
    """Give every stream the changes of its register that it has not seen; returns how many events that makes."""
    made = 0
    for register, latest in sorted(feed.latest_changes().items()):
        behind = models.Stream.objects.filter(register=register, cursor__lt=latest).order_by("subscription")
        for number in list(behind.values_list("subscription_id", flat=True)):
            while (more := feed_stream(number, at=at)) is not None:
                made += more
    return made


@transaction.atomic
def feed_stream(subscription: int, *, at: datetime) -> int | None:
    """Give one stream its next changes; returns how many events they make, None when it has seen them all."""
    stream = models.Stream.objects.select_for_update().get(subscription=subscription)
    changes = feed.changes_after(stream.register, stream.cursor, most=AT_ONCE)
    if not changes:
        return None
    row = models.Subscription.objects.select_related("interface").get(id=subscription)
    grant = queries.grant_of(row)
    events = list(_events(stream, changes, grant, at=at)) if is_served(grant, at) else []
    models.Event.objects.bulk_create(events)
    stream.cursor, stream.last_seq = changes[-1].id, stream.last_seq + len(events)
    stream.save(update_fields=["cursor", "last_seq"])
    return len(events)


def is_served(grant: Grant, at: datetime) -> bool:
    """Whether the subscription holds at this moment, by the rules that the gateway asks."""
    today, terms = day_of(at), grant.terms
    return (
        grant.status == SubscriptionStatus.GRANTED
        and grant.interface_status == InterfaceStatus.PUBLISHED
        and grant.since <= today <= grant.until
        and (terms.sunset_on is None or today <= terms.sunset_on)
        and (not terms.purposes or grant.purpose in terms.purposes)
    )


def _events(
    stream: models.Stream, changes: list[Change], grant: Grant, *, at: datetime
) -> Iterator[models.Event]:
    admits: Admits = _admits_all
    if grant.terms.limited:
        admits = decision_for(grant, Channel.GATEWAY, at).rows.admits
    delivered = {field.id for field in grant.terms.fields} & set(grant.fields)
    seq = stream.last_seq
    for change in changes:
        kind = told_kind(change, admits)
        names = sorted(changed_fields(change) & delivered)
        if (
            kind is None
            or kind.value not in grant.terms.changes
            or (kind is ChangeKind.CHANGED and not names)
        ):
            continue
        seq += 1
        yield models.Event(
            subscription_id=stream.subscription_id,
            seq=seq,
            change=change.id,
            entity=change.entity,
            kind=kind.value,
            changed=names if kind is ChangeKind.CHANGED else [],
            at=change.at,
            state=EventState.WAITING.value,
        )


def _admits_all(values: Mapping[str, Any]) -> bool:
    """A register without limits shows every row."""
    del values
    return True


def told_kind(change: Change, admits: Admits) -> ChangeKind | None:
    """What a change is for somebody who sees some rows only: one that leaves those rows is deleted for them."""
    now = admits(change.values)
    if change.kind is not ChangeKind.CHANGED or change.before is None:
        return change.kind if now else None
    before = admits(change.before)
    if now and before:
        return ChangeKind.CHANGED
    if now:
        return ChangeKind.CREATED
    return ChangeKind.DELETED if before else None


def changed_fields(change: Change) -> set[str]:
    """The fields whose values are other ones than before."""
    before = change.before or {}
    return {name for name in {*before, *change.values} if before.get(name) != change.values.get(name)}
