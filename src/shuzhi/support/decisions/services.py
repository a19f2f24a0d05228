"""Writes of the rules' room."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions import models
from shuzhi.support.decisions.types import RulesDeclaration


@transaction.atomic
def install_rules(*, declaration: RulesDeclaration, pack: str, by: Actor, at: datetime) -> str:
    """Make rule files the ones by which is decided from now on; returns their digest.

    Earlier versions are kept: what was decided by them can be asked again (`queries.installed_rules`).
    """
    policy.require("decisions.install", by=by)
    versions = models.RulesVersion.objects.select_for_update().filter(rules=declaration.rules)
    current = versions.filter(current=True).first()
    if current is not None and current.digest == declaration.digest:
        return current.digest
    versions.filter(current=True).update(current=False)
    models.RulesVersion.objects.update_or_create(
        id=f"{declaration.rules}:{declaration.digest}",
        defaults={
            "rules": declaration.rules,
            "digest": declaration.digest,
            "files": msgspec.msgpack.encode(declaration.files),
            "pack": pack,
            "installed_at": at,
            "current": True,
        },
    )
    target = f"rules/{declaration.rules}"
    audit.record("decisions.rules_installed", target=target, by=by, at=at, version=declaration.digest)
    return declaration.digest
