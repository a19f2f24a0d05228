from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import NoSuchSubscription, RowsNotLimited
from shuzhi.data.exchange.gateway.scopes import needs_ground
from shuzhi.data.exchange.grounds import ground_of
from shuzhi.data.exchange.resolving import unfit_rows
from shuzhi.data.exchange.types import InterfaceKind, RowLimit, Subscription, SubscriptionStatus
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

# Those that may need to know their office's division.
TOLD_APART = (
    Q(rows__isnull=False)
    | Q(ground__isnull=False)
    | Q(interface__terms__has_key="rows")
    | Q(interface__terms__has_key="policy")
)
LIVE = (SubscriptionStatus.REQUESTED.value, SubscriptionStatus.GRANTED.value)


@transaction.atomic
def limit_rows(*, subscription: int, rows: RowLimit | None, by: Actor, at: datetime) -> Subscription:
    """Limit a subscription to rows of the caller's own (限定行范围), besides what its interface says; None lifts it.

    Set while the request is being decided, or later; it holds from the next call on.

    Raises:
        NoSuchSubscription: there is none of this number.
        RowsNotLimited: the register can't tell rows apart like this.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    held = models.Subscription.objects.select_for_update(of=("self",)).select_related("interface")
    row = held.filter(id=subscription).first()
    if row is None:
        raise NoSuchSubscription(subscription=subscription)
    policy.require("exchange.limit", by=by, office=row.interface.owner)
    terms: dict[str, Any] = row.interface.terms or {}
    if rows is not None and terms.get("kind") == InterfaceKind.EVENTS.value:
        raise RowsNotLimited(reason="events can't be told apart by rows", reason_zh="变更订阅不能限定行")
    if rows is not None and terms.get("source"):
        raise RowsNotLimited(reason="it takes rows and gives none", reason_zh="该接口只收不发")
    if rows is not None and terms.get("route"):
        raise RowsNotLimited(reason="another node limits them", reason_zh="行范围由提供接口的节点限定")
    if rows and (unfit := unfit_rows(rows, registers.declaration(row.interface.register))):
        raise RowsNotLimited(reason=unfit[0], reason_zh=unfit[1])
    row.rows = rows.model_dump(mode="json", by_alias=True, exclude_none=True) if rows else None
    row.ground = ground_for(row, at=at)
    row.save(update_fields=["rows", "ground"])
    audit.record(
        "exchange.limited",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=row.id,
        rows=row.rows,
    )
    return queries.subscription(subscription)


@transaction.atomic
def refresh_grounds(*, at: datetime, interfaces: Sequence[str] | None = None) -> int:
    """Bring up to date which divisions are a caller's own; returns how many subscriptions changed."""
    rows = models.Subscription.objects.select_for_update(of=("self",)).select_related("interface")
    rows = rows.filter(TOLD_APART, status__in=LIVE)
    if interfaces is not None:
        rows = rows.filter(interface__in=list(interfaces))
    divisions = {office.id: office.division for office in organization.offices()}
    changed = 0
    for row in rows.order_by("id").iterator(chunk_size=2000):
        ground = _ground(row, divisions.get(row.office), at=at)
        if ground != row.ground:
            row.ground = ground
            row.save(update_fields=["ground"])
            changed += 1
    return changed


def ground_for(row: models.Subscription, *, at: datetime) -> dict[str, Any] | None:
    """The codes of the calling office's division, where rows are told apart by division."""
    office = organization.office(row.office)
    return _ground(row, office.division if office else None, at=at)


def _ground(row: models.Subscription, division: str | None, *, at: datetime) -> dict[str, Any] | None:
    if division is None:
        return None
    former = models.FormerVersion.objects.filter(interface=row.interface_id, version=row.version)
    served = [row.interface.terms, *former.values_list("terms", flat=True)]
    if not any(needs_ground(terms, row.rows) for terms in served):
        return None
    return dict(ground_of(division, day_of(at)))
