from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries, streams
from shuzhi.data.exchange.errors import InterfaceNotPublished, NoSuchSubscription, RequestInvalid
from shuzhi.data.exchange.pushing import endpoints
from shuzhi.data.exchange.services.scopes import ground_for
from shuzhi.data.exchange.types import (
    LOOP,
    InterfaceDeclaration,
    InterfaceKind,
    InterfaceStatus,
    InterfaceVersion,
    Subscription,
    SubscriptionSettled,
    SubscriptionStatus,
)
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Grade, Role
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services
from shuzhi.support.workflow.types import Dossier

# What each state of the loop means for the subscription; a state that is not named is still a request.
STATUS_OF_STATE = {
    "granted": SubscriptionStatus.GRANTED,
    "refused": SubscriptionStatus.REFUSED,
    "withdrawn": SubscriptionStatus.WITHDRAWN,
    "revoked": SubscriptionStatus.REVOKED,
    "expired": SubscriptionStatus.EXPIRED,
}
NONCES_KEPT = timedelta(minutes=15)  # longer than a timestamp is accepted, on both sides


@transaction.atomic
def request_subscription(
    *,
    interface: str,
    office: str,
    purpose: str,
    basis: str,
    since: date,
    until: date,
    daily_quota: int,
    by: Actor,
    at: datetime,
    fields: Sequence[str] = (),
    clearance: Grade | None = None,
    version: int | None = None,
    endpoint: str = "",
) -> Subscription:
    """Ask for the use of an interface (申请共享); the owner and then the bureau decide.

    Without `fields` all of the interface's are asked for; without `clearance`, what the interface offers; without
    `version` the newest. `endpoint` is where events are to be pushed: it is approved with the rest, and no other can
    be used under this subscription. Without one, events are asked for.

    Raises:
        NoSuchInterface, InterfaceNotPublished, NoSuchVersion: there is nothing to ask for.
        EndpointRefused: nothing may be pushed there.
        RequestInvalid: purpose, basis, period, quota or fields don't fit the interface.
        Forbidden: the actor does not speak for the asking office.
    """
    policy.require("exchange.request", by=by, office=office)
    found = queries.interface(interface)
    if found.status is not InterfaceStatus.PUBLISHED:
        raise InterfaceNotPublished(interface=interface, status=found.status.value)
    chosen = queries.version(found, version)
    offered = chosen.declaration
    asked = tuple(dict.fromkeys(fields)) or _offered_fields(offered)
    _check_request(
        offered,
        purpose=purpose.strip(),
        basis=basis.strip(),
        since=since,
        until=until,
        quota=daily_quota,
        asked=asked,
        today=day_of(at),
    )
    _check_version(chosen)
    _check_endpoint(offered, endpoint)
    dossier = _open_dossier(
        offered,
        office=office,
        purpose=purpose,
        basis=basis,
        asked=asked,
        endpoint=endpoint,
        by=by,
        at=at,
    )
    row = models.Subscription.objects.create(
        interface_id=interface,
        office=office,
        purpose=purpose.strip(),
        basis=basis.strip(),
        since=since,
        until=until,
        daily_quota=daily_quota,
        fields=list(asked),
        clearance=min(clearance or offered.clearance, offered.clearance).value,
        status=SubscriptionStatus.REQUESTED.value,
        dossier=dossier.id,
        version=offered.version,
        endpoint=endpoint,
        requested_by=by.name,
        requested_at=at,
    )
    audit.record(
        "exchange.requested",
        target=f"interface/{interface}",
        by=by,
        at=at,
        subscription=row.id,
        dossier=dossier.id,
        asked_purpose=row.purpose,
        asked_basis=row.basis,
        fields=row.fields,
        version=row.version,
        endpoint=endpoint or None,
    )
    return queries.subscription(row.id)


@transaction.atomic
def revoke_subscription(*, subscription: int, by: Actor, at: datetime, reason: str) -> Subscription:
    """Take the right back (撤销): committed, it is refused by every gateway process with its next call.

    Raises:
        NoSuchSubscription: there is none of this number.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
        ActionNotAllowedHere: it has not been granted, or has ended.
    """
    row = locked(subscription)
    policy.require("exchange.revoke", by=by, office=row.interface.owner)
    if row.dossier is None:
        _end_sandbox(row, SubscriptionStatus.REVOKED, by=by, at=at, reason=reason)
        return queries.subscription(subscription)
    action = "bureau-revoke" if by.has(Role.BUREAU) else "revoke"
    dossier = workflow_services.act(dossier=row.dossier, action=action, by=by, at=at, note=reason)
    settle(row, dossier, by=by, at=at, reason=reason)
    return queries.subscription(subscription)


@transaction.atomic
def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """A share request took a step in some office's inbox: the subscription follows it."""
    if payload["loop"] != LOOP:
        return
    rows = models.Subscription.objects.select_for_update(of=("self",)).select_related("interface")
    row = rows.filter(dossier=payload["dossier"]).first()
    if row is None or row.dossier is None:
        return
    last = workflow.history(row.dossier)[-1]
    actor = Actor(name=last.by, title=last.by_title, office=last.office)
    settle(row, workflow.dossier(row.dossier), by=actor, at=at, reason=last.note)


@transaction.atomic
def expire_subscriptions(*, by: Actor, at: datetime) -> int:
    """End the subscriptions whose last day is over; the gateway refuses them from that midnight on anyway."""
    rows = models.Subscription.objects.select_for_update(of=("self",)).select_related("interface")
    over = rows.filter(status=SubscriptionStatus.GRANTED.value, until__lt=day_of(at)).order_by("id")
    for row in over:
        if row.dossier is None:
            _end_sandbox(row, SubscriptionStatus.EXPIRED, by=by, at=at, reason="")
            continue
        dossier = workflow_services.act(dossier=row.dossier, action="expire", by=by, at=at)
        settle(row, dossier, by=by, at=at, reason="")
    return len(over)


def forget_nonces(*, at: datetime) -> int:
    """Remove nonces whose timestamps are refused by now."""
    old = at - NONCES_KEPT
    models.ClaimBlock.objects.filter(at__lt=old, counted=True).delete()
    gone, _ = models.Nonce.objects.filter(seen_at__lt=old).delete()
    return gone


def locked(subscription: int) -> models.Subscription:
    """A subscription's row, for changing it."""
    rows = models.Subscription.objects.select_for_update(of=("self",)).select_related("interface")
    row = rows.filter(id=subscription).first()
    if row is None:
        raise NoSuchSubscription(subscription=subscription)
    return row


def settle(row: models.Subscription, dossier: Dossier, *, by: Actor, at: datetime, reason: str) -> None:
    """Bring a subscription to what its dossier says; safe to repeat."""
    status = STATUS_OF_STATE.get(dossier.state, SubscriptionStatus.REQUESTED)
    if row.status == status.value:
        return
    row.status, row.reason = status.value, reason[:500]
    row.decided_at = None if status is SubscriptionStatus.REQUESTED else at
    if status is SubscriptionStatus.GRANTED:
        row.granted_at = at
        streams.begin(row)
    row.ground = ground_for(row, at=at)
    row.save(update_fields=["status", "reason", "decided_at", "granted_at", "ground"])
    audit.record(
        f"exchange.{status.value}",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=row.id,
        dossier=row.dossier,
        reason=reason,
    )
    event = SubscriptionSettled(row.id, row.interface_id, row.office, status.value)
    outbox.publish(event, at=at)


def _end_sandbox(
    row: models.Subscription, status: SubscriptionStatus, *, by: Actor, at: datetime, reason: str
) -> None:
    """A sandbox subscription ends without a dossier: nobody decided on it."""
    row.status, row.reason, row.decided_at = status.value, reason[:500], at
    row.save(update_fields=["status", "reason", "decided_at"])
    audit.record(
        f"exchange.{status.value}",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=row.id,
        sandbox=True,
        reason=reason,
    )


def _offered_fields(offered: InterfaceDeclaration) -> tuple[str, ...]:
    return offered.fields if offered.kind.delivers else ()


def _check_request(
    offered: InterfaceDeclaration,
    *,
    purpose: str,
    basis: str,
    since: date,
    until: date,
    quota: int,
    asked: Sequence[str],
    today: date,
) -> None:
    unknown = [name for name in asked if name not in _offered_fields(offered)]
    faults = {
        ("it states no purpose", "未说明用途"): not purpose,
        ("it names no legal basis", "未写明依据"): not basis,
        ("its purpose is not among those allowed", "用途不在允许范围内"): bool(offered.purposes)
        and purpose not in offered.purposes,
        ("its period ends before it begins", "结束日期早于开始日期"): until < since,
        ("its period is over", "有效期已过"): until < today,
        (
            f"its quota is not between 1 and {offered.daily_quota} a day",
            f"每日配额须在 1 至 {offered.daily_quota} 之间",
        ): (not 1 <= quota <= offered.daily_quota),
        (f"the interface has no {', '.join(unknown)}", f"接口没有字段 {'、'.join(unknown)}"): bool(unknown),
    }
    for (reason, reason_zh), wrong in faults.items():
        if wrong:
            raise RequestInvalid(interface=offered.interface, reason=reason, reason_zh=reason_zh)


def _check_version(chosen: InterfaceVersion) -> None:
    if chosen.deprecated_at is not None:
        raise RequestInvalid(
            interface=chosen.declaration.interface,
            reason=f"version {chosen.number} is going to end",
            reason_zh=f"第 {chosen.number} 版即将停用",
        )


def _check_endpoint(offered: InterfaceDeclaration, endpoint: str) -> None:
    if not endpoint:
        return
    if offered.kind is not InterfaceKind.EVENTS:
        raise RequestInvalid(
            interface=offered.interface, reason="it pushes nothing", reason_zh="该接口不推送数据"
        )
    endpoints.read_endpoint(endpoint, endpoints.rules_of(settings()))


def _open_dossier(
    offered: InterfaceDeclaration,
    *,
    office: str,
    purpose: str,
    basis: str,
    asked: Sequence[str],
    endpoint: str,
    by: Actor,
    at: datetime,
) -> Dossier:
    title = offered.title
    facts = {"purpose": purpose, "basis": basis, "fields": list(asked), "office": office}
    if endpoint:
        facts["endpoint"] = endpoint
    return workflow_services.open_dossier(
        loop=LOOP,
        subject=f"interface/{offered.interface}",
        title=Words(zh=f"申请使用接口：{title.zh}", en=f"Request to use: {title.en}"),
        office=offered.owner,
        requester=office,
        by=by,
        at=at,
        facts=facts,
    )
