"""Signatures over consents, in the contract's words.

The platform says what is signed and keeps what was signed; whether the individual's own system made the signature
rightly is vouched for by the outside system whose token it comes with, and the log says which that was.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from shuzhi.business.market import models
from shuzhi.business.market.govstack.errors import BadInput
from shuzhi.business.market.govstack.shapes import Signature
from shuzhi.business.market.revising import digest_of, serialize

SAID = (
    "verificationMethod",
    "verificationArtifact",
    "verificationSignedBy",
    "verificationSignedAs",
    "verificationJwsHeader",
)


def draft(row: models.ConsentRecord, *, at: datetime) -> dict[str, Any]:
    """A signature that is not stored: it refers to nothing yet."""
    return {**_content(row, Signature(), reference="", at=at), "id": ""}


def prepared(row: models.ConsentRecord, given: Signature, *, at: datetime) -> models.Signature:
    """A stored signature, to be signed."""
    assert row.revision is not None
    content = _content(row, given, reference=row.revision.id, at=at)
    return models.Signature.objects.create(id=str(uuid.uuid4()), content=content, made_at=at)


def signed(row: models.ConsentRecord, given: Signature, *, at: datetime) -> models.Signature:
    """A signature that came together with its record.

    Raises:
        BadInput: nothing is signed, or something else than this record.
    """
    _require(given)
    content = _content(row, given, reference="", at=at)
    if given.verificationPayload is not None and given.verificationPayloadHash != digest_of(
        given.verificationPayload
    ):
        raise BadInput(problem="signature.verificationPayloadHash: it is not the payload's")
    if given.verificationPayload not in (None, content["verificationPayload"]):
        raise BadInput(problem="signature.verificationPayload: it is not this consent record")
    assert row.revision is not None
    content |= {"payload": given.payload or content["payload"], "signature": given.signature}
    content |= {"objectReference": row.revision.id, "signedWithoutObjectReference": True}
    return models.Signature.objects.create(id=str(uuid.uuid4()), content=content, made_at=at)


def completed(row: models.Signature, given: Signature, *, at: datetime) -> models.Signature:
    """A prepared signature with the signature itself.

    Raises:
        BadInput: nothing is signed, or another payload.
    """
    _require(given, by=row.content.get("verificationMethod", ""))
    if given.payload not in (None, "", row.content["payload"]):
        raise BadInput(problem="signature.payload: it is not the one that was to be signed")
    said = {name: value for name in SAID if (value := getattr(given, name))}
    row.content = {**row.content, **said, "signature": given.signature, "timestamp": at.isoformat()}
    row.save(update_fields=["content"])
    return row


def _require(given: Signature, by: str = "") -> None:
    if not given.signature:
        raise BadInput(problem="signature.signature: nothing is signed")
    if not (given.verificationMethod or by):
        raise BadInput(problem="signature.verificationMethod: it is not said how")


def _content(row: models.ConsentRecord, given: Signature, *, reference: str, at: datetime) -> dict[str, Any]:
    payload = serialize(
        {
            "dataAgreement": row.agreement_id,
            "dataAgreementRevision": row.agreed_revision_id,
            "dataAgreementRevisionHash": row.agreed_revision.digest,
            "individual": row.individual_id,
            "optIn": row.is_given,
        }
    )
    said: dict[str, Any] = {name: value for name in SAID if (value := getattr(given, name))}
    said = {"verificationMethod": "", "verificationSignedBy": "", **said}
    said |= {
        "verificationPayload": payload,
        "verificationPayloadHash": digest_of(payload),
        "timestamp": at.isoformat(),
        "signedWithoutObjectReference": not reference,
        "objectType": "revision",
    }
    whole = serialize(said | ({"objectReference": reference} if reference else {}))
    return said | {"objectReference": reference, "payload": whole, "signature": ""}
