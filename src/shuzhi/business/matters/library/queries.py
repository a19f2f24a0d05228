"""Reads of the library: matters in force, and what one takes in somebody's situation."""

from __future__ import annotations

from collections.abc import Iterable

from shuzhi.business.matters import models
from shuzhi.business.matters.errors import NoSuchMatter
from shuzhi.business.matters.library.needing import Applicant, needed_materials
from shuzhi.business.matters.types import MatterDeclaration, MatterValue, Subject
from shuzhi.business.matters.zones import Zone
from shuzhi.foundation.database import prepared
from shuzhi.foundation.declarations import read_stored

__all__ = ["Applicant", "has_fee", "journeys_with", "matter", "matter_of_form", "matters", "needed_materials"]

_ONE = "SELECT declared, digest, pack FROM matters_matter WHERE id = %s AND is_active"


def matter(name: str) -> MatterValue:
    """One matter in force.

    Raises:
        NoSuchMatter: no pack declares it.
    """
    found = prepared.look(_ONE, [name[:60]])
    if not found:
        raise NoSuchMatter(matter=name[:60])
    ((declared, digest, pack),) = found
    return MatterValue(read_stored(MatterDeclaration, declared), digest, pack)


def matters(
    *,
    ids: Iterable[str] | None = None,
    office: str = "",
    zone: Zone | None = None,
    subject: Subject | None = None,
    journeys: bool | None = None,
) -> list[MatterValue]:
    """Matters in force by id; journeys only, or none of them, where it is said."""
    rows = models.Matter.objects.filter(is_active=True).order_by("id")
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    if office:
        rows = rows.filter(declared__office=office)
    if zone is not None:
        rows = rows.filter(declared__zones__contains=[zone.value])
    if subject is not None:
        rows = rows.filter(declared__subjects__contains=[subject.value])
    found = [_value(row) for row in rows]
    return [each for each in found if journeys is None or each.declaration.is_journey is journeys]


def has_fee(declared: MatterDeclaration) -> bool:
    """Whether a matter costs anything, or for a journey one of its parts."""
    if declared.fee.amount or declared.fee.decision:
        return True
    return any(
        each.declaration.fee.amount or each.declaration.fee.decision for each in matters(ids=declared.journey)
    )


def journeys_with(name: str) -> list[MatterValue]:
    """The journeys (一件事) that a matter is part of."""
    rows = models.Matter.objects.filter(is_active=True, declared__journey__contains=[name]).order_by("id")
    return [_value(row) for row in rows]


def matter_of_form(form: str) -> MatterValue | None:
    """The matter whose form this is; None where there is none, or where several share it."""
    rows = models.Matter.objects.filter(is_active=True, declared__form=form).order_by("id")[:2]
    found = [_value(row) for row in rows]
    return found[0] if len(found) == 1 else None


def _value(row: models.Matter) -> MatterValue:
    return MatterValue(read_stored(MatterDeclaration, row.declared), row.digest, row.pack)
