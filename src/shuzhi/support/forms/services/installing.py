"""Installing a form of a pack."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import models
from shuzhi.support.forms.types import PackForm


@transaction.atomic
def install_form(*, form: PackForm, pack: str, by: Actor, at: datetime) -> str:
    """Make a form the one that new fillings begin with; returns its version's id.

    Drafts under the earlier one are carried over when their person comes back to them.
    """
    policy.require("forms.install", by=by)
    version = f"{form.id}:{form.digest}"
    versions = models.FormVersion.objects.select_for_update().filter(form=form.id)
    if versions.filter(current=True, id=version).exists():
        return version
    versions.filter(current=True).update(current=False)
    models.FormVersion.objects.update_or_create(
        id=version,
        defaults={
            "form": form.id,
            "version": form.declaration.version,
            "text": form.text,
            "pack": pack,
            "installed_at": at,
            "current": True,
        },
    )
    audit.record("forms.installed", target=f"form/{form.id}", by=by, at=at, version=version)
    return version


@transaction.atomic
def retire_form(*, form: str, by: Actor, at: datetime) -> None:
    """Begin no new filling of a form; drafts are finished under the version they are on."""
    policy.require("forms.install", by=by)
    if models.FormVersion.objects.filter(form=form, current=True).update(current=False):
        audit.record("forms.retired", target=f"form/{form}", by=by, at=at)
