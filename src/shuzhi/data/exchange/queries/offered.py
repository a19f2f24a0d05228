"""Interfaces and their versions (接口、版本)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoSuchInterface, NoSuchVersion
from shuzhi.data.exchange.types import Interface, InterfaceDeclaration, InterfaceStatus, InterfaceVersion


def interfaces(*, status: InterfaceStatus | None = None, owner: str | None = None) -> list[Interface]:
    """Interfaces by id."""
    rows = models.Interface.objects.order_by("id").prefetch_related("former")
    if status is not None:
        rows = rows.filter(status=status.value)
    if owner is not None:
        rows = rows.filter(owner=owner)
    return [interface_of(row) for row in rows]


def interface(interface: str) -> Interface:
    """One interface.

    Raises:
        NoSuchInterface: there is none of this id.
    """
    row = models.Interface.objects.filter(id=interface).prefetch_related("former").first()
    if row is None:
        raise NoSuchInterface(interface=interface)
    return interface_of(row)


def version(interface: Interface, number: int | None = None) -> InterfaceVersion:
    """One version of an interface that is served, the newest without a number.

    Raises:
        NoSuchVersion: there is none of this number, or none at all.
    """
    for one in interface.versions:
        if number is None or one.number == number:
            return one
    raise NoSuchVersion(interface=interface.id, version=number or interface.declaration.version)


def interface_of(row: models.Interface) -> Interface:
    """A table row as the value that other rooms see."""
    return Interface(
        declaration=InterfaceDeclaration.model_validate(row.declared),
        status=InterfaceStatus(row.status),
        revision=row.revision,
        pack=row.pack,
        published_at=row.published_at,
        versions=_versions_of(row),
    )


def _versions_of(row: models.Interface) -> tuple[InterfaceVersion, ...]:
    """The versions that are served, the newest first."""
    served = [(row.served, row.terms, row.published_at)] if row.served else []
    former = sorted(row.former.all(), key=lambda one: -one.version) if row.pk else []
    served += [(one.declared, one.terms, one.published_at) for one in former]
    return tuple(_version_of(*one) for one in served)


def _version_of(declared: Any, terms: Any, published_at: datetime | None) -> InterfaceVersion:
    began, ends = terms.get("deprecated_at"), terms.get("sunset_on")
    return InterfaceVersion(
        declaration=InterfaceDeclaration.model_validate(declared),
        published_at=published_at,
        deprecated_at=datetime.fromisoformat(began) if began else None,
        sunset_on=date.fromisoformat(ends) if ends else None,
        successor=terms.get("successor"),
    )
