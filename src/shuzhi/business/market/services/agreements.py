"""Agreements and the policies that they stand under: every change is a revision, and none is lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.market import models
from shuzhi.business.market.errors import AgreementInactive
from shuzhi.business.market.revising import revise
from shuzhi.business.market.services.consents import end_consents_of
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@dataclass(frozen=True)
class Terms:
    """What an agreement means at the gate: for what, to whom, which fields, how long."""

    purpose: str
    receivers: tuple[str, ...]
    fields: tuple[str, ...]
    days: int = 365


@transaction.atomic
def save_agreement(
    *,
    content: dict[str, Any],
    terms: Terms,
    by: Actor,
    at: datetime,
    name: str | None = None,
    declared: dict[str, Any] | None = None,
    pack: str | None = None,
) -> models.Agreement:
    """Make an agreement, or a new revision of it; consents given to earlier ones stand as they were given.

    Only whoever installs packs or holds an administrator's token gets here: callers ask for that right.
    """
    name = name or str(uuid.uuid4())
    content = {**content, "id": name}
    row = models.Agreement.objects.select_for_update().filter(id=name).first()
    if row is not None and not row.is_deleted and (row.content, row.declared) == (content, declared):
        return row
    revision = revise("DataAgreement", name, content, at=at, other=by.name)
    facts = {
        "content": content,
        "declared": declared,
        "revision": revision,
        "purpose": terms.purpose.strip()[:300],
        "receivers": list(terms.receivers),
        "fields": list(terms.fields),
        "days": terms.days,
        "policy": str((content.get("policy") or {}).get("id") or "")[:60],
        "is_active": content.get("active", True) is not False,
        "is_deleted": False,
        "pack": pack,
    }
    saved, _ = models.Agreement.objects.update_or_create(
        id=name, defaults=facts, create_defaults=facts | {"made_at": at}
    )
    audit.record(
        "market.agreement_saved",
        target=f"agreement/{name}",
        by=by,
        at=at,
        revision=revision.id,
        digest=revision.digest,
    )
    return saved


@transaction.atomic
def delete_agreement(*, name: str, by: Actor, at: datetime) -> models.Revision:
    """Take an agreement out of use; every consent that rests on it ends with it."""
    row = models.Agreement.objects.select_for_update().get(id=name, is_deleted=False)
    content = {**row.content, "active": False}
    row.revision = revise("DataAgreement", name, content, at=at, other=by.name)
    row.content, row.is_active, row.is_deleted = content, False, True
    row.save()
    ended = end_consents_of(agreement=name, by=by, at=at)
    audit.record("market.agreement_deleted", target=f"agreement/{name}", by=by, at=at, consents=ended)
    return row.revision


@transaction.atomic
def save_policy(
    *, content: dict[str, Any], by: Actor, at: datetime, name: str | None = None
) -> models.Policy:
    """Make a policy, or a new revision of it; agreements keep the revision that they name."""
    name = name or str(uuid.uuid4())
    content = {**content, "id": name}
    revision = revise("Policy", name, content, at=at, other=by.name)
    facts = {"content": content, "revision": revision, "is_deleted": False}
    saved, _ = models.Policy.objects.update_or_create(
        id=name, defaults=facts, create_defaults=facts | {"made_at": at}
    )
    audit.record(
        "market.policy_saved",
        target=f"policy/{name}",
        by=by,
        at=at,
        revision=revision.id,
        digest=revision.digest,
    )
    return saved


@transaction.atomic
def delete_policy(*, name: str, by: Actor, at: datetime) -> models.Revision:
    """Take a policy out of use.

    Raises:
        AgreementInactive: an active agreement stands under it.
    """
    row = models.Policy.objects.select_for_update().get(id=name, is_deleted=False)
    if models.Agreement.objects.filter(policy=name, is_active=True, is_deleted=False).exists():
        raise AgreementInactive(agreement=name)
    row.revision = revise("Policy", name, row.content, at=at, other=by.name)
    row.is_deleted = True
    row.save()
    audit.record("market.policy_deleted", target=f"policy/{name}", by=by, at=at)
    return row.revision
