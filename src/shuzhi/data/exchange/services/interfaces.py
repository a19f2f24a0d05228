from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.data.catalog import services as catalog
from shuzhi.data.exchange import models, queries, versions
from shuzhi.data.exchange.errors import NoSuchInterface
from shuzhi.data.exchange.resolving import regraded_terms, resolve_terms
from shuzhi.data.exchange.services.peers import route_of
from shuzhi.data.exchange.services.scopes import refresh_grounds
from shuzhi.data.exchange.types import (
    Interface,
    InterfaceDeclaration,
    InterfaceKind,
    InterfacePublished,
    InterfaceStatus,
)
from shuzhi.data.registers import feed
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system


@transaction.atomic
def propose_interface(
    *, declaration: InterfaceDeclaration, by: Actor, at: datetime, pack: str | None = None
) -> Interface:
    """Put an interface on the list, or propose a new version of it; a changed one must be published again.

    Until then the gateway goes on serving the published terms.

    Raises:
        Forbidden: the actor may not propose interfaces.
    """
    policy.require("exchange.propose", by=by, office=declaration.owner)
    declared = declaration.model_dump(mode="json", by_alias=True)
    row = models.Interface.objects.select_for_update().filter(id=declaration.interface).first()
    if row is None:
        row = models.Interface(
            id=declaration.interface, proposed_at=at, status=InterfaceStatus.PROPOSED.value, revision=0
        )
    elif row.declared == declared:
        return queries.interface_of(row)
    row.declared, row.owner, row.register, row.pack = declared, declaration.owner, declaration.register_, pack
    row.revision += 1
    row.save()
    audit.record("exchange.proposed", target=f"interface/{row.id}", by=by, at=at, revision=row.revision)
    return queries.interface_of(row)


@transaction.atomic
def publish_interface(*, interface: str, by: Actor, at: datetime) -> Interface:
    """Publish an interface: offices may ask for it, and the gateway serves it by these terms from now on.

    A new version is served beside the former one, to which its subscribers stay bound. Under the same number only what
    breaks no caller may change.

    Raises:
        NoSuchInterface: nobody proposed it.
        BreakingChange: callers of this version could stumble over the change; it needs a new number.
        AnotherInterface: kind, register or source changed, or the number is lower than the one that is served.
        NotShareable: its register, a field, or the sharing class of a source does not allow it.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    row = _locked(interface)
    policy.require("exchange.publish", by=by, office=row.owner)
    declaration = InterfaceDeclaration.model_validate(row.declared)
    terms = resolve_terms(declaration) | route_of(declaration, row.route_key)
    if row.served is not None:
        terms |= versions.make_way(row, declaration, terms)
    unchanged = row.served == row.declared and row.terms == terms
    if row.status == InterfaceStatus.PUBLISHED.value and unchanged:
        return queries.interface_of(row)
    row.terms, row.status, row.published_at = terms, InterfaceStatus.PUBLISHED.value, at
    row.served = row.declared
    row.save(update_fields=["terms", "served", "status", "published_at"])
    refresh_grounds(interfaces=[interface], at=at)
    if declaration.kind is InterfaceKind.EVENTS:
        feed.keep_changes(row.register)
    catalog.record_lineage(
        origin=f"register/{row.register}", target=f"interface/{interface}", kind="served", at=at
    )
    audit.record(
        "exchange.published",
        target=f"interface/{interface}",
        by=by,
        at=at,
        revision=row.revision,
        version=declaration.version,
    )
    outbox.publish(InterfacePublished(interface=interface, owner=row.owner), at=at)
    return queries.interface_of(row)


@transaction.atomic
def refresh_interfaces(*, register: str, by: Actor, at: datetime) -> list[str]:
    """Serve a register's published interfaces by its present grades and masks; returns those that changed.

    For whoever changes a register's declaration: a field graded higher is masked from the next call on, a
    field that is gone is no longer delivered.
    """
    policy.require("exchange.propose", by=by)
    rows = models.Interface.objects.select_for_update().filter(
        register=register, status=InterfaceStatus.PUBLISHED.value
    )
    changed = []
    for row in rows.order_by("id"):
        terms = regraded_terms(row.terms or {})
        if terms != row.terms:
            row.terms = terms
            row.save(update_fields=["terms"])
            audit.record("exchange.refreshed", target=f"interface/{row.id}", by=by, at=at)
            changed.append(row.id)
    for former in models.FormerVersion.objects.select_for_update().filter(interface__in=rows):
        former.terms = regraded_terms(former.terms)
        former.save(update_fields=["terms"])
    refresh_grounds(interfaces=changed, at=at)
    return changed


def follow_register(payload: dict[str, Any], at: datetime) -> None:
    """A register was declared anew: the gateway serves its interfaces by the present policy from the next call on."""
    refresh_interfaces(register=payload["register"], by=system("exchange"), at=at)


@transaction.atomic
def withdraw_interface(*, interface: str, by: Actor, at: datetime, reason: str) -> Interface:
    """Stop serving an interface; its subscriptions stay, but every call is refused from now on.

    Raises:
        NoSuchInterface: there is none of this id.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    row = _locked(interface)
    policy.require("exchange.publish", by=by, office=row.owner)
    row.status = InterfaceStatus.WITHDRAWN.value
    row.save(update_fields=["status"])
    audit.record("exchange.withdrawn", target=f"interface/{interface}", by=by, at=at, reason=reason)
    return queries.interface_of(row)


def _locked(interface: str) -> models.Interface:
    row = models.Interface.objects.select_for_update().filter(id=interface).first()
    if row is None:
        raise NoSuchInterface(interface=interface)
    return row
