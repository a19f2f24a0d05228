"""Subscriptions (订阅), and who may read them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoSuchSubscription
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.types import InterfaceDeclaration, RowLimit, Subscription, SubscriptionStatus
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Grade, Role

OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR, Role.SYSTEM)


def subscriptions(
    *,
    office: str | None = None,
    owner: str | None = None,
    interface: str | None = None,
    concerning: str | None = None,
    statuses: Iterable[SubscriptionStatus] | None = None,
    page: int = 1,
    size: int = MOST_ROWS,
) -> list[Subscription]:
    """Subscriptions that fit every condition given, the newest first; two statements, whatever their number.

    `concerning` is an office that uses or provides what is subscribed.
    """
    rows = _fitting(office=office, interface__owner=owner, interface=interface, concerning=concerning)
    if statuses is not None:
        rows = rows.filter(status__in=[status.value for status in statuses])
    first = (page - 1) * size
    return [_subscription_of(row) for row in rows.order_by("-id")[first : first + size]]


def count_subscriptions(*, interface: str | None = None, concerning: str | None = None) -> int:
    """How many subscriptions fit."""
    return _fitting(interface=interface, concerning=concerning).count()


def subscription(number: int) -> Subscription:
    """One subscription.

    Raises:
        NoSuchSubscription: there is none of this number.
    """
    row = _subscriptions().filter(id=number).first()
    if row is None:
        raise NoSuchSubscription(subscription=number)
    return _subscription_of(row)


def readable_subscription(number: int, *, actor: Actor) -> Subscription:
    """One subscription, if the reader's office asked for it or owns the interface; overseers read all.

    Raises:
        NoSuchSubscription: there is none of this number.
        Forbidden: it is between other offices.
    """
    found = subscription(number)
    if actor.has(*OVERSEERS) or (actor.office and actor.office in (found.office, found.owner)):
        return found
    raise Forbidden(
        actor=actor.title or actor.name,
        permission=f"read subscription {number}",
        permission_zh=f"查看订阅 {number}",
        reason="it is between other offices",
        reason_zh="属于其他部门之间",
        permission_id="exchange.read",
    )


def subscription_of_dossier(dossier: int) -> Subscription | None:
    """The subscription that a share request's dossier decides on."""
    row = _subscriptions().filter(dossier=dossier).first()
    return _subscription_of(row) if row else None


def _fitting(*, concerning: str | None, **wanted: str | None) -> QuerySet[models.Subscription]:
    rows = _subscriptions().filter(**{name: value for name, value in wanted.items() if value is not None})
    if concerning is not None:
        rows = rows.filter(Q(office=concerning) | Q(interface__owner=concerning))
    return rows


def _subscriptions() -> QuerySet[models.Subscription]:
    live = models.Credential.objects.filter(revoked_at=None)
    return models.Subscription.objects.select_related("interface").prefetch_related(
        Prefetch("credentials", queryset=live)
    )


def _subscription_of(row: models.Subscription) -> Subscription:
    keys = [credential.key_id for credential in row.credentials.all()]
    return Subscription(
        id=row.id,
        interface=row.interface_id,
        interface_title=InterfaceDeclaration.model_validate(row.interface.declared).title,
        owner=row.interface.owner,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        since=row.since,
        until=row.until,
        daily_quota=row.daily_quota,
        fields=tuple(row.fields),
        clearance=Grade(row.clearance),
        status=SubscriptionStatus(row.status),
        dossier=row.dossier,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_at=row.decided_at,
        key_id=keys[0] if keys else None,
        reason=row.reason,
        rows=RowLimit.model_validate(row.rows) if row.rows else None,
        certificates=tuple(row.certificates),
        version=row.version,
        sandbox=row.sandbox,
        endpoint=row.endpoint,
    )
