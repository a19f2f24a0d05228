"""Ending a version with notice (停用预告), and going over to another one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import NoSuchVersion, SunsetTooSoon, VersionRefused
from shuzhi.data.exchange.services import notices
from shuzhi.data.exchange.services.subscriptions import locked
from shuzhi.data.exchange.types import Interface, InterfaceDeclaration, Subscription, SubscriptionStatus
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

NOTICE_DAYS = 30


@transaction.atomic
def deprecate_version(
    *, interface: str, version: int, sunset_on: date, by: Actor, at: datetime, successor: int | None = None
) -> Interface:
    """Announce that a version is served for the last time on a day (停用预告).

    Its answers say so from the next call on, each of its subscribers finds a notice in the inbox, and after that day
    its calls are refused. Said again with another day, that day holds.

    Raises:
        NoSuchInterface, NoSuchVersion: there is nothing to end, or no such successor.
        SunsetTooSoon: callers would have less than 30 days.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    found = queries.interface(interface)
    policy.require("exchange.publish", by=by, office=found.declaration.owner)
    if successor is not None and (successor == version or queries.version(found, successor).deprecated_at):
        raise NoSuchVersion(interface=interface, version=successor)
    if sunset_on < day_of(at) + timedelta(days=NOTICE_DAYS):
        raise SunsetTooSoon(interface=interface, version=version, sunset_on=sunset_on, days=NOTICE_DAYS)
    row = _locked(interface, version)
    began = row.terms.get("deprecated_at") or at.isoformat()
    row.terms = row.terms | {
        "deprecated_at": began,
        "sunset_on": sunset_on.isoformat(),
        "successor": successor,
    }
    row.save(update_fields=["terms"])
    audit.record(
        "exchange.deprecated",
        target=f"interface/{interface}",
        by=by,
        at=at,
        version=version,
        sunset_on=sunset_on.isoformat(),
        successor=successor,
    )
    for bound in _bound(interface, version):
        _tell(bound, sunset_on, successor, by=by, at=at)
    return queries.interface(interface)


@transaction.atomic
def change_version(*, subscription: int, version: int, by: Actor, at: datetime) -> Subscription:
    """Go over to another version (改用版本) under the same approval: with the next call, and with no field more.

    Raises:
        NoSuchSubscription, NoSuchVersion: there is none.
        VersionRefused: it is not granted, the version is going to end, or it gives none of the granted fields.
        Forbidden: the actor does not speak for the office that was granted it.
    """
    row = locked(subscription)
    policy.require("exchange.request", by=by, office=row.office)
    chosen = queries.version(queries.interface(row.interface_id), version)
    offered = chosen.declaration
    kept = [name for name in row.fields if name in offered.fields]
    faults = {
        ("it is not granted", "订阅未授权"): row.status != SubscriptionStatus.GRANTED.value,
        ("that version is going to end", "该版本即将停用"): chosen.deprecated_at is not None,
        ("it gives none of the granted fields", "该版本不含已授权的字段"): bool(row.fields) and not kept,
        ("it does not allow the purpose", "该版本不允许此用途"): bool(offered.purposes)
        and row.purpose not in offered.purposes,
    }
    for (reason, reason_zh), wrong in faults.items():
        if wrong:
            raise VersionRefused(
                subscription=subscription, version=version, reason=reason, reason_zh=reason_zh
            )
    before, row.version = row.version, version
    row.save(update_fields=["version"])
    audit.record(
        "exchange.version_changed",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=subscription,
        before=before,
        version=version,
    )
    notices.settle(subject=_subject(row, before), by=by, at=at)
    return queries.subscription(subscription)


def _locked(interface: str, version: int) -> Any:
    """The row that holds a version's terms."""
    row = models.Interface.objects.select_for_update().get(id=interface)
    if row.served and InterfaceDeclaration.model_validate(row.served).version == version:
        return row
    former = models.FormerVersion.objects.select_for_update().filter(interface=row, version=version).first()
    if former is None:
        raise NoSuchVersion(interface=interface, version=version)
    return former


def _bound(interface: str, version: int) -> list[models.Subscription]:
    rows = models.Subscription.objects.filter(
        interface=interface, version=version, status=SubscriptionStatus.GRANTED.value, sandbox=False
    )
    return list(rows.order_by("id"))


def _subject(row: models.Subscription, version: int) -> str:
    return f"interface/{row.interface_id}#subscription-{row.id}-v{version}"


def _tell(
    row: models.Subscription, sunset_on: date, successor: int | None, *, by: Actor, at: datetime
) -> None:
    instead = f"请改用第 {successor} 版" if successor else "没有接替的版本"
    instead_en = f"use version {successor}" if successor else "no other takes its place"
    last = f"{sunset_on.year}年{sunset_on.month}月{sunset_on.day}日"
    title = Words(
        zh=f"接口 {row.interface_id} 第 {row.version} 版将于{last}后停用，{instead}",
        en=f"{row.interface_id} version {row.version} ends after {sunset_on}; {instead_en}",
    )
    facts = {"subscription": row.id, "sunset_on": sunset_on.isoformat(), "successor": successor}
    subject = _subject(row, row.version)
    notices.open_notice(office=row.office, subject=subject, title=title, facts=facts, by=by, at=at)
