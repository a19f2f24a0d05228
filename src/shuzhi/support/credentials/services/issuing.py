"""Issuing (签发): checked facts, one signature, one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import facts as contents
from shuzhi.support.credentials import models, queries, trust
from shuzhi.support.credentials.errors import NotThisOffice
from shuzhi.support.credentials.formats import sdjwt, statuslist
from shuzhi.support.credentials.types import Credential, CredentialIssued, KindDeclaration

HOLDER = "holder"
_PLACE = """
SELECT CASE WHEN there.id IS NULL THEN nextval(pg_get_serial_sequence('credentials_credential', 'id')) END, there.number
FROM (VALUES (1)) AS one LEFT JOIN credentials_credential AS there ON there.kind_id = %s AND there.reference = %s
"""
Entropy = Callable[[int], bytes]


@prepared.in_transaction()
def issue(
    *,
    kind: str,
    subject: str,
    office: str,
    facts: Mapping[str, Any],
    by: Actor,
    at: datetime,
    reference: str | None = None,
    entropy: Entropy = os.urandom,
) -> Credential:
    """Issue a credential (签发电子证照) to the person or firm `subject`: `resident_id/…`, `uscc/…` or the number alone.

    `reference` names the result that it comes from; the same one again gives the credential that was issued for it.

    Raises:
        NoSuchKind, NotThisOffice: as they say.
        SubjectWrong, FactsWrong: the holder's number or the facts don't fit the kind.
        Forbidden: the actor may not issue for this office.
    """
    policy.require("credentials.issue", by=by, office=office)
    declared = queries.kind(kind)
    if declared.office != office:
        raise NotThisOffice(kind=kind, owner=declared.office, office=office[:100])
    number, earlier = _place(kind, reference)
    if earlier is not None:
        return queries.credential(earlier)
    holder, said = contents.holder(declared, subject), contents.checked(declared, facts)
    row = models.Credential(
        id=number, kind_id=kind, office=office, scheme=declared.scheme, holder=holder, disclosures=[], reference=reference,
        number=_number(declared, at, entropy), issued_at=at, changed_at=at,
        until=contents.until(declared, said, at),
    )  # fmt: skip
    signed = _sign(row, declared, said, entropy)
    row.token, row.disclosures = signed.token, list(signed.disclosures)
    if not prepared.add_unless_there(row, "kind_id", "reference"):
        earlier = _place(kind, reference)[1]  # another process issued for the same reference meanwhile
        assert earlier is not None
        return queries.credential(earlier)
    audit.record(
        "credentials.issued",
        target=f"credential/{row.number}",
        by=by,
        at=at,
        subjects=[node_reference(row.scheme, row.holder)],
        kind=kind,
        owner=office,
        fields=list(said),
    )
    outbox.publish(CredentialIssued(row.number, kind, office), at=at)
    return queries.credential_of(row, declared)


@transaction.atomic
def install_kind(*, declaration: KindDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Make a kind what its pack says; credentials that were issued before stay as they were signed."""
    declared = declaration.model_dump(mode="json", by_alias=True)
    found = models.Kind.objects.filter(id=declaration.credential).first()
    if found is not None and found.declared == declared and found.is_active:
        return
    models.Kind.objects.update_or_create(
        id=declaration.credential, defaults={"declared": declared, "pack": pack, "is_active": True}
    )
    audit.record(
        "credentials.kind_installed", target=f"kind/{declaration.credential}", by=by, at=at, pack=pack
    )


@transaction.atomic
def retire_kind(*, kind: str, by: Actor, at: datetime) -> None:
    """None of this kind is issued any more; what was issued stands."""
    models.Kind.objects.filter(id=kind).update(is_active=False)
    audit.record("credentials.kind_retired", target=f"kind/{kind}", by=by, at=at)


def _sign(
    row: models.Credential, kind: KindDeclaration, said: Mapping[str, Any], entropy: Entropy
) -> sdjwt.SignedCredential:
    which, place = statuslist.place_of(row.id, trust.places_secret())
    claims: dict[str, Any] = {
        "iss": trust.issuer(),
        "iat": int(row.issued_at.timestamp()),
        "jti": row.number,
        "vct": f"{trust.issuer()}/credentials/kinds/{kind.credential}",
        "titles": kind.title.tagged,
        "status": {"status_list": {"idx": place, "uri": trust.list_address(which)}},
    }
    if row.until is not None:
        claims["exp"] = int(row.until.timestamp())
    key_id, key = trust.signer(at=row.issued_at)
    fields = dict(said) | {HOLDER: f"{row.scheme}/{row.holder}"}
    return sdjwt.issue(claims, fields, key_id=key_id, key=key, entropy=entropy)


def _number(kind: KindDeclaration, at: datetime, entropy: Entropy) -> str:
    """The kind's letters, the year, and twelve digits by chance: numbers tell nobody how many there are."""
    return f"{kind.prefix}{at.year}{int.from_bytes(entropy(8)) % 10**12:012d}"


def _place(kind: str, reference: str | None) -> tuple[int | None, str | None]:
    """The place of a new credential; or the number of the one that the same result has already led to, and no place."""
    ((place, earlier),) = prepared.look(_PLACE, [kind, reference])
    return place, earlier
