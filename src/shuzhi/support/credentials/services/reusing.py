"""Credentials instead of paper (免证办): an office asks for some fields for a purpose, the holder agrees, each use is noted.

The holder agrees in their wallet, or by showing their one code at the counter, which is fresh and theirs alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import models, queries
from shuzhi.support.credentials.errors import Expired as RanOut
from shuzhi.support.credentials.errors import NoSuchCredential, NotAsked, PurposeMissing, Revoked, Suspended
from shuzhi.support.credentials.services.codes import read_code
from shuzhi.support.credentials.types import USE_TITLES, CredentialUsed, State, Use, UseState

ANSWER_WITHIN = timedelta(days=3)
GOOD_FOR = timedelta(days=1)  # after the holder agreed


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    fields: Sequence[str],
    purpose: str,
    by: Actor,
    at: datetime,
    matter: str = "",
) -> Use:
    """Ask a holder for some fields of their newest valid credential of a kind.

    Raises:
        NoSuchKind: as it says.
        NoSuchCredential: the holder has no valid one.
        PurposeMissing, Forbidden: as they say.
    """
    policy.require("credentials.ask", by=by)
    found = queries.newest_valid(kind, subject, at)
    if found is None:
        raise NoSuchCredential
    return _use(
        _begun(found, fields, purpose, matter, by=by, at=at), by=by, at=at, action="credentials.asked"
    )


@transaction.atomic
def agree(*, use: int, holder: tuple[str, str], by: Actor, at: datetime) -> Use:
    """The holder agrees (同意调用); `holder` is scheme and number of whoever is signed in.

    Raises:
        NotAsked: there is no such request to this holder that waits.
    """
    return _answer(use, holder, UseState.AGREED, by, at)


@transaction.atomic
def refuse(*, use: int, holder: tuple[str, str], by: Actor, at: datetime) -> Use:
    """The holder refuses.

    Raises:
        NotAsked: there is no such request to this holder that waits.
    """
    return _answer(use, holder, UseState.REFUSED, by, at)


@transaction.atomic
def use(*, use: int, by: Actor, at: datetime) -> tuple[Use, Mapping[str, Any]]:
    """Read what the holder agreed to (调用): the fields that were asked for, no others. Each reading is noted.

    Raises:
        NotAsked: it is another office's request, not agreed to, or too old.
        Revoked, Suspended, Expired: the credential does not hold any more.
        Forbidden: the actor may not ask for credentials.
    """
    policy.require("credentials.ask", by=by)
    row = _locked(use, office=by.office or "")
    if row.state not in {UseState.AGREED, UseState.USED} or at >= row.until:
        raise _not_asked(row)
    return _read(row, by=by, at=at)


@transaction.atomic
def use_by_code(
    *, code: str, kind: str, fields: Sequence[str], purpose: str, by: Actor, at: datetime, matter: str = ""
) -> tuple[Use, Mapping[str, Any]]:
    """The same at the counter: the holder's fresh code is their agreement. It must show the credential of this kind.

    Raises:
        NoSuchCredential: the code shows none of this kind.
        PurposeMissing, Forbidden, and what `read_code` raises.
    """
    policy.require("credentials.ask", by=by)
    shown = next((each for each in read_code(code=code, by=by, at=at).parts if each.kind == kind), None)
    row = models.Credential.objects.filter(number=shown.number).first() if shown else None
    if row is None or shown is None:
        raise NoSuchCredential
    begun = _begun(row, [each for each in fields if each in shown.shows], purpose, matter, by=by, at=at)
    begun.state, begun.via, begun.answered_at, begun.until = UseState.AGREED, "code", at, at + GOOD_FOR
    _use(begun, by=by, at=at, action="credentials.agreed")
    return _read(begun, by=by, at=at)


def _begun(
    row: models.Credential, fields: Sequence[str], purpose: str, matter: str, *, by: Actor, at: datetime
) -> models.Use:
    known = {each.id for each in queries.kind(row.kind_id).fields}
    chosen = [each for each in dict.fromkeys(fields) if each in known]
    if not purpose.strip() or not chosen:
        raise PurposeMissing
    return models.Use(
        credential=row, office=by.office or "", purpose=purpose.strip()[:200], matter=matter[:200], fields=chosen,
        state=UseState.ASKED, asked_by=by.name, asked_at=at, until=at + ANSWER_WITHIN,
    )  # fmt: skip


def _answer(number: int, holder: tuple[str, str], to: UseState, by: Actor, at: datetime) -> Use:
    row = _locked(number)
    if (
        (row.credential.scheme, row.credential.holder) != holder
        or row.state != UseState.ASKED
        or at >= row.until
    ):
        raise NotAsked(state="over", state_zh="已办结或已过期")
    row.state, row.answered_at, row.via, row.until = to, at, "wallet", at + GOOD_FOR
    return _use(
        row, by=by, at=at, action="credentials.agreed" if to is UseState.AGREED else "credentials.refused"
    )


def _read(row: models.Use, *, by: Actor, at: datetime) -> tuple[Use, Mapping[str, Any]]:
    found = queries.credential_of(row.credential)
    if found.state is State.REVOKED:
        raise Revoked
    if found.state is State.SUSPENDED:
        raise Suspended
    if found.until is not None and at >= found.until:
        raise RanOut(until=found.until.isoformat())
    first = row.used_at is None
    row.state, row.used_at = UseState.USED, row.used_at or at
    told = _use(row, by=by, at=at, action="credentials.used")
    if first:
        outbox.publish(CredentialUsed(found.number, found.kind, row.office), at=at)
    return told, {name: found.facts[name] for name in row.fields if name in found.facts}


def _locked(number: int, **facts: str) -> models.Use:
    rows = models.Use.objects.select_for_update(of=("self",)).select_related("credential__kind")
    row = rows.filter(id=number, **facts).first()
    if row is None:
        raise NotAsked(state="unknown", state_zh="不存在")
    return row


def _not_asked(row: models.Use) -> NotAsked:
    title = USE_TITLES[UseState(row.state)]
    return NotAsked(state=title.en.lower(), state_zh=f"的状态是{title.zh}或已过期")


def _use(row: models.Use, *, by: Actor, at: datetime, action: str) -> Use:
    row.save()
    audit.record(
        action,
        target=f"credential/{row.credential.number}",
        by=Actor(by.name, by.title, by.office, by.division, by.roles, purpose=row.purpose, basis=by.basis),
        at=at,
        subjects=[node_reference(row.credential.scheme, row.credential.holder)],
        use=row.id,
        for_office=row.office,
        matter=row.matter,
        fields=list(row.fields),
        via=row.via,
    )
    return queries.use_of(row)
