"""A desk, as its pack gives it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.incidents import models
from shuzhi.business.incidents.types import DeskDeclaration
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def install_desk(*, declaration: DeskDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Make the desk what the pack says; requests on their way go on."""
    declared = declaration.model_dump(mode="json")
    models.Desk.objects.update_or_create(
        id=declaration.desk, defaults={"declared": declared, "pack": pack, "is_active": True}
    )
    audit.record("incidents.desk_installed", target=f"desk/{declaration.desk}", by=by, at=at)


@transaction.atomic
def retire_desk(*, desk: str, by: Actor, at: datetime) -> None:
    """Take nothing more in."""
    if models.Desk.objects.filter(id=desk, is_active=True).update(is_active=False):
        audit.record("incidents.desk_retired", target=f"desk/{desk}", by=by, at=at)
