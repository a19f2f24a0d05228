"""Telling recipients (告知): what was found for them, that it has arrived or came back, how their appeal was decided.

The policy names the templates (`tells`); a policy that names none tells nothing. A message that reaches nobody stops
nothing: what it says stands on `/my/benefits/` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from shuzhi.business.benefits import models, queries
from shuzhi.business.benefits.money import said
from shuzhi.business.benefits.types import PolicyDeclaration, State, Tell
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.messages import queries as templates
from shuzhi.support.messages import services as messages
from shuzhi.support.workflow import queries as workflow

OF_STATES = {State.PAID.value: Tell.PAID, State.RETURNED.value: Tell.RETURNED}
UPHELD = Words(
    zh="申诉成立，已按更正后的事实重新判定", en="upheld: the rule decides again on the facts that are right"
)
DISMISSED = Words(zh="申诉不成立", en="dismissed")
log = structlog.get_logger(__name__)


def on_reserved(event: Mapping[str, Any], at: datetime) -> None:
    """Money is set aside for somebody."""
    _tell_finding(Tell.FOUND, event, at)


def on_waiting(event: Mapping[str, Any], at: datetime) -> None:
    """Somebody is entitled, and the budget is short."""
    _tell_finding(Tell.WAITING, event, at)


def on_moved(event: Mapping[str, Any], at: datetime) -> None:
    """It has arrived, or it came back."""
    tell = OF_STATES.get(event["state"])
    if tell is not None:
        _tell_finding(tell, event, at)


def on_appeal_decided(event: Mapping[str, Any], at: datetime) -> None:
    """An appeal was decided, and why."""
    declared = queries.policy(event["policy"]).declared
    last = workflow.history(event["dossier"])[-1]
    facts = {
        "policy": declared.title,
        "decision": UPHELD if event["upheld"] else DISMISSED,
        "reason": last.note or "—",
        "dossier": event["dossier"],
    }
    _send(declared, Tell.APPEAL, event, facts, key=f"appeal/{event['dossier']}", at=at)


def _tell_finding(tell: Tell, event: Mapping[str, Any], at: datetime) -> None:
    declared = queries.policy(event["policy"]).declared
    row = models.Finding.objects.filter(id=event["finding"]).first()
    if row is None or tell not in declared.tells:
        return
    facts = {
        "policy": declared.title,
        "name": row.name,
        "amount": said(row.amount),
        "reason": row.reason or "—",
    }
    _send(declared, tell, event, facts, key=f"benefit/{row.id}/{tell}/{event['at']}", at=at)


def _send(
    declared: PolicyDeclaration,
    tell: Tell,
    event: Mapping[str, Any],
    facts: dict[str, Any],
    *,
    key: str,
    at: datetime,
) -> None:
    template = declared.tells.get(tell)
    if template is None:
        return
    try:
        wanted = templates.template(template).fields
        messages.send(
            template=template,
            to=f"{event['scheme']}/{event['recipient']}",
            facts={name: facts.get(name) for name in wanted},
            key=key[:200],
            by=system("benefits"),
            at=at,
        )
    except PlatformError as refusal:
        log.warning("benefits.not_told", template=template, tell=tell.value, reason=refusal.code)
