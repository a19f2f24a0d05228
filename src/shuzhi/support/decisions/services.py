"""Writes of the rules' room."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions import models, queries
from shuzhi.support.decisions.errors import FileTooLarge, NothingChanged
from shuzhi.support.decisions.replaying import running
from shuzhi.support.decisions.types import ReplayOrder, ReplayState, RulesDeclaration

MOST_BYTES = 8_000_000


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


@transaction.atomic
def retire_rules(*, rules: str, by: Actor, at: datetime) -> None:
    """Decide nothing more by these rules; every version stays, so that old decisions can be explained."""
    policy.require("decisions.install", by=by)
    if models.RulesVersion.objects.filter(rules=rules, current=True).update(current=False):
        audit.record("decisions.rules_retired", target=f"rules/{rules}", by=by, at=at)


@transaction.atomic
def ask_for_replay(
    *, rules: str, order: ReplayOrder, file: tuple[str, bytes] | None, by: Actor, at: datetime
) -> int:
    """Ask for a changed rule to be replayed over a population (推演); it runs in the background. Returns its number.

    A faulty file is refused at once, with its first fault. Nothing is published by this.

    Raises:
        Forbidden: the actor may not replay rules.
        RulesNotInstalled, DecisionUnknown: there are no such rules, or no such decision in one of the versions.
        FileTooLarge, RuleFileRefused, RulesFaulty: the changed file can't be used.
        NothingChanged: neither a file nor another version nor another day.
    """
    policy.require("decisions.replay", by=by, office=by.office)
    name, content = file or ("", b"")
    if len(content) > MOST_BYTES:
        raise FileTooLarge(most=MOST_BYTES // 1_000_000)
    if not content and not order.digest and order.old_day == order.new_day:
        raise NothingChanged
    row = models.Replay(
        rules=rules,
        decision=order.decision,
        asked=running.written(order),
        file_name=name[-200:],
        changed=content,
        by={
            "name": by.name,
            "title": by.title,
            "office": by.office,
            "division": by.division,
            "roles": sorted(by.roles),
        },
        office=by.office or "",
        asked_at=at,
        state=ReplayState.WAITING,
    )
    current = queries.installed_rules(rules)
    for version in (current, running.changed_rules(row, order, current)):
        version.part(order.decision)
    row.save()
    audit.record(
        "decisions.replay_asked",
        target=f"rules/{rules}",
        by=by,
        at=at,
        replay=row.id,
        decision=order.decision,
        population=order.population,
        columns=sorted(each.partition(":")[2] for each in order.bound.values() if each.startswith("column:")),
    )
    from shuzhi.support.decisions.jobs import replay

    transaction.on_commit(lambda: replay.defer(number=row.id))
    return row.id
