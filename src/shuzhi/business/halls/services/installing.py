"""A hall, as its pack gives it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.halls import models
from shuzhi.business.halls.types import HallDeclaration
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def install_hall(*, declaration: HallDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Make the hall what the pack says; tickets that were taken go on."""
    declared = declaration.model_dump(mode="json")
    models.Hall.objects.update_or_create(
        id=declaration.hall, defaults={"declared": declared, "pack": pack, "is_active": True}
    )
    audit.record("halls.installed", target=f"hall/{declaration.hall}", by=by, at=at)


@transaction.atomic
def retire_hall(*, hall: str, by: Actor, at: datetime) -> None:
    """Give out no more numbers."""
    if models.Hall.objects.filter(id=hall, is_active=True).update(is_active=False):
        audit.record("halls.retired", target=f"hall/{hall}", by=by, at=at)
