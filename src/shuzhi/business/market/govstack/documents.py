"""Rows as the contract's objects."""

from __future__ import annotations

import json
from typing import Any

from shuzhi.business.market import models

Document = dict[str, Any]


def policy(row: models.Policy) -> Document:
    """A Policy."""
    return {**row.content, "id": row.id}


def agreement(row: models.Agreement) -> Document:
    """A DataAgreement; the policy that it names is told whole."""
    told = {key: value for key, value in row.content.items() if key not in ("policy", "declared")}
    under = models.Policy.objects.filter(id=row.policy).first() if row.policy else None
    if under is not None:
        told["policy"] = policy(under)
    return {**told, "id": row.id, "active": row.is_active}


def revision(row: models.Revision, *, nested: bool = False) -> Document:
    """A Revision, with its successor if it has one."""
    told: Document = {
        "id": row.id,
        "schemaName": row.schema,
        "objectId": row.object,
        "signedWithoutObjectId": False,
        "serializedSnapshot": row.snapshot,
        "serializedHash": row.digest,
        "timestamp": row.at.isoformat(),
        "authorizedByOther": row.other,
        "predecessorHash": row.predecessor_digest,
        "predecessorSignature": row.predecessor_signature,
    }
    if row.individual:
        told["authorizedByIndividual"] = {"id": row.individual}
    if row.successor and not nested:
        told["successor"] = revision(models.Revision.objects.get(id=row.successor), nested=True)
    return told


def individual(row: models.Individual) -> Document:
    """An Individual, for whoever registered it."""
    told = {
        "id": row.id,
        "externalId": row.value,
        "externalIdType": row.scheme,
        "identityProviderId": row.provider,
    }
    return {key: value for key, value in told.items() if value}


def consent(row: models.ConsentRecord) -> Document:
    """A ConsentRecord; whose it is, is told by number only."""
    told: Document = {
        "id": row.id,
        "dataAgreement": agreement(row.agreement),
        "dataAgreementRevision": revision(row.agreed_revision),
        "dataAgreementRevisionHash": row.agreed_revision.digest,
        "individual": {"id": row.individual_id},
        "optIn": row.is_given,
        "state": row.state,
    }
    if row.signature is not None:
        told["signature"] = signature(row.signature)
    return told


def signature(row: models.Signature) -> Document:
    """A Signature."""
    return {**row.content, "id": row.id}


def content_of(row: models.Revision) -> Document:
    """What an object said at a revision."""
    content: Document = json.loads(row.snapshot)["objectData"]
    return content
