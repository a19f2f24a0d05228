"""Suspending, resuming, revoking (中止、恢复、吊销). The status list says so from the commit on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import models, queries
from shuzhi.support.credentials.errors import NoSuchCredential, ReasonMissing, StateForbids
from shuzhi.support.credentials.types import STATE_TITLES, Credential, CredentialEnded, State


def suspend(*, number: str, reason: str, by: Actor, at: datetime) -> Credential:
    """Suspend a valid credential (中止).

    Raises:
        NoSuchCredential, ReasonMissing, StateForbids, Forbidden: as they say.
    """
    return _turn(number, State.SUSPENDED, sources={State.VALID}, reason=reason, by=by, at=at)


def resume(*, number: str, reason: str, by: Actor, at: datetime) -> Credential:
    """Let a suspended credential hold again (恢复).

    Raises:
        NoSuchCredential, ReasonMissing, StateForbids, Forbidden: as they say.
    """
    return _turn(number, State.VALID, sources={State.SUSPENDED}, reason=reason, by=by, at=at)


def revoke(*, number: str, reason: str, by: Actor, at: datetime) -> Credential:
    """Revoke a credential for good (吊销).

    Raises:
        NoSuchCredential, ReasonMissing, StateForbids, Forbidden: as they say.
    """
    return _turn(number, State.REVOKED, sources={State.VALID, State.SUSPENDED}, reason=reason, by=by, at=at)


@transaction.atomic
def _turn(number: str, to: State, *, sources: set[State], reason: str, by: Actor, at: datetime) -> Credential:
    row = models.Credential.objects.select_for_update(no_key=True).filter(number=number[:40]).first()
    if row is None:
        raise NoSuchCredential
    policy.require("credentials.end", by=by, office=row.office)
    if not reason.strip():
        raise ReasonMissing
    before = State(row.state)
    if before not in sources:
        title = STATE_TITLES[before]
        raise StateForbids(number=number, state=title.en.lower(), state_zh=title.zh)
    row.state, row.reason, row.changed_at = to.value, reason.strip()[:300], at
    row.save(update_fields=["state", "reason", "changed_at"])
    audit.record(
        "credentials.turned",
        target=f"credential/{number}",
        by=by,
        at=at,
        subjects=[node_reference(row.scheme, row.holder)],
        before=before.value,
        state=to.value,
        reason=row.reason,
    )
    outbox.publish(CredentialEnded(number, row.kind_id, to.value), at=at)
    return queries.credential_of(row)
