"""The decision and what follows it at once (决定、制证、送达)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services import charging
from shuzhi.business.matters.cases.services.moving import PLATFORM, close, decided, move, tell_decided
from shuzhi.business.matters.cases.types import Action, Delivery, State
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.credentials import queries as kinds
from shuzhi.support.credentials import services as credentials
from shuzhi.support.credentials.types import KindDeclaration

ALSO = ("reason", "verdict", "is_instant", "credential", "delivered_at", "check_dossier")


def grant(
    row: models.Case,
    declared: MatterDeclaration | None,
    *,
    facts: Mapping[str, Any],
    by: Actor,
    at: datetime,
    note: str = "",
    credential: str = "",
    issues: bool = True,
) -> None:
    """Grant a case: the credential is issued with the decision or the decision is not made; online it arrives at once.

    A fee that is due before is asked for first: then the case stays as it is until `OrderPaid` comes back to it. Without
    `issues` it has no credential.

    Raises:
        FeeUnknown: what it costs can't be worked out.
        FactsWrong, SubjectWrong: the credential can't be made of these facts.
    """
    if charging.keeps_waiting(row, declared, at=at):
        return
    decided(row, at=at)
    row.reason = note[:2000]
    row.credential = credential or (_issued(row, declared, facts, at=at) if issues else "")
    held = charging.holds_delivery(row, declared, at=at)
    online = row.delivery == Delivery.ONLINE and not held
    row.delivered_at = at if online else None
    row.closed_at = at if online else None
    with prepared.together():
        move(row, Action.GRANT, State.GRANTED, by=by, at=at, note=note, also=ALSO, credential=row.credential)
        tell_decided(row, at=at)
    if online:
        close(row, State.GRANTED, at=at)
    elif held:
        charging.ask_on_grant(row, declared, at=at)


def refuse(row: models.Case, *, note: str, by: Actor, at: datetime) -> None:
    """Refuse a case, with the reason."""
    decided(row, at=at)
    row.reason = note[:2000]
    close(row, State.REFUSED, at=at)
    move(row, Action.REFUSE, State.REFUSED, by=by, at=at, note=note, also=ALSO)
    tell_decided(row, at=at)


def _issued(
    row: models.Case, declared: MatterDeclaration | None, facts: Mapping[str, Any], *, at: datetime
) -> str:
    """The number of the credential that the decision issues; none where the matter has none."""
    if declared is None or declared.result is None:
        return ""
    kind = kinds.kind(declared.result.credential)
    known = {**facts, "matter": declared.title.zh, "case": number_of(row), "issued_on": day_of(at)}
    made = credentials.issue(
        kind=kind.credential, subject=f"{row.scheme}/{row.holder}", office=kind.office, by=system(PLATFORM),
        facts=contents(kind, known), at=at, reference=f"case/{row.id}/{row.version}",
    )  # fmt: skip
    return made.number


def contents(kind: KindDeclaration, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a credential says, found among the facts by the field's id or its Chinese title."""
    return {
        each.id: found
        for each in kind.fields
        if (found := known.get(each.id, known.get(each.title.zh))) not in (None, "")
    }
