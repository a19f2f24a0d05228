"""Consents: those that an outside system records for individuals, and what receivers may verify of them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from shuzhi.business.market import models, services
from shuzhi.business.market.govstack import documents, shapes, signing
from shuzhi.business.market.govstack.asking import Asked, Document, one
from shuzhi.business.market.govstack.config import agreements
from shuzhi.business.market.govstack.errors import BadInput
from shuzhi.business.market.types import SIGNED, UNSIGNED, Via
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference


def records() -> Any:
    """All consent records, the oldest first."""
    related = ("agreement__revision", "agreed_revision", "individual", "revision", "signature")
    return models.ConsentRecord.objects.select_related(*related).order_by("made_at", "id")


@transaction.atomic
def record_create(asked: Asked, name: str) -> Document:
    """A record of an agreement's current revision, not signed yet: nothing leaves by it."""
    individual = asked.individual()
    row = _drafted(asked, name, individual)
    if row.revision is None or not row.is_given:
        row.is_given, row.state, row.signature = True, UNSIGNED, None
        services.apply_consent(row, by=asked.by, at=asked.at)
    return told(row)


def record_read(asked: Asked, name: str) -> Document:
    """The individual's current record of an agreement."""
    rows = _own(asked).filter(agreement_id=name)
    row = rows.order_by("-made_at", "-id").first()
    if row is None:
        raise BadInput(problem="there is no such consent record")
    return {"consentRecord": documents.consent(row)}


def record_draft(asked: Asked) -> Document:
    """A record and a signature that are not stored, ready to be signed."""
    row = _drafted(asked, asked.query("dataAgreementId") or "", asked.individual())
    row.is_given, row.state, row.signature = True, UNSIGNED, None
    drafted = documents.consent(row) | {"id": ""}
    return {"consentRecord": drafted, "signature": signing.draft(row, at=asked.at)}


@transaction.atomic
def record_signed(asked: Asked) -> Document:
    """Store a record together with its signature."""
    given = asked.body("consentRecord", shapes.ConsentRecord)
    signature = asked.body("signature", shapes.Signature)
    if given.dataAgreement is None:
        raise BadInput(problem="consentRecord.dataAgreement: it is not said which")
    individual = asked.own_individual(given.individual.id) if given.individual else asked.individual()
    row = _drafted(asked, given.dataAgreement.id, individual)
    if given.dataAgreementRevisionHash != row.agreed_revision.digest:
        raise BadInput(problem="consentRecord.dataAgreementRevisionHash: it is not the current revision's")
    row.is_given, row.state = given.optIn is not False, UNSIGNED
    services.apply_consent(row, by=asked.by, at=asked.at)
    row.signature = signing.signed(row, signature, at=asked.at)
    row.state = SIGNED
    services.apply_consent(row, by=asked.by, at=asked.at)
    return told(row) | {"signature": documents.signature(row.signature)}


def record_list(asked: Asked) -> Document:
    """A page of the individual's current records."""
    return {"consentRecords": [documents.consent(row) for row in asked.page(_own(asked))]}


def record_list_of(asked: Asked, name: str) -> Document:
    """A page of all the individual's records of one agreement."""
    one(agreements(), name, "data agreement")
    rows = _own(asked).filter(agreement_id=name)
    return {"consentRecords": [documents.consent(row) for row in asked.page(rows)]}


@transaction.atomic
def record_update(asked: Asked, name: str) -> Document:
    """Say yes or no anew. A no takes effect at once; a yes, once it is signed again."""
    given = asked.body("consentRecord", shapes.ConsentRecord)
    row = _recorded(asked, name)
    if given.optIn is None:
        raise BadInput(problem="consentRecord.optIn: it is not said")
    if given.optIn and not (row.agreement.is_active and not row.agreement.is_deleted):
        raise BadInput(problem="the data agreement is not active")
    row.is_given, row.state, row.signature = given.optIn, UNSIGNED, None
    row.ended_at, row.followed_at = None if given.optIn else asked.at, None
    services.apply_consent(row, by=asked.by, at=asked.at)
    return told(row)


@transaction.atomic
def signature_create(asked: Asked, name: str) -> Document:
    """A signature over the record's revision, ready to be signed."""
    given = asked.body("signature", shapes.Signature)
    row = _recorded(asked, name)
    row.signature = signing.prepared(row, given, at=asked.at)
    row.state = UNSIGNED
    services.apply_consent(row, by=asked.by, at=asked.at)
    return {"signature": documents.signature(row.signature)}


@transaction.atomic
def signature_update(asked: Asked, name: str) -> Document:
    """Add the signature itself: from now on the record is signed, and holds."""
    given = asked.body("signature", shapes.Signature)
    row = _recorded(asked, name)
    if row.signature is None:
        raise BadInput(problem="there is no signature to add to; create it first")
    if not row.agreement.is_active or row.agreement.is_deleted:
        raise BadInput(problem="the data agreement is not active")
    row.signature = signing.completed(row.signature, given, at=asked.at)
    row.state = SIGNED
    services.apply_consent(row, by=asked.by, at=asked.at)
    return {"signature": documents.signature(row.signature)}


@transaction.atomic
def record_delete_all(asked: Asked) -> Document:
    """Delete what need not be kept: unsigned records, and those of forgettable agreements.

    One by which something was given ends and stays until the receivers have confirmed that they deleted it.
    """
    for row in _own(asked).select_for_update(of=("self",)):
        if row.state == SIGNED and row.agreement.content.get("forgettable") is not True:
            continue
        if not row.is_given and row.duties.exists():
            continue
        row.is_given, row.ended_at = False, asked.at
        services.apply_consent(row, by=asked.by, at=asked.at)
        services.tell_receivers(consent=row.id, by=asked.by, at=asked.at)
        if not row.duties.exists():
            row.delete()
    return {}


def verification_agreements(asked: Asked) -> Document:
    """A page of the agreements that can be agreed to."""
    rows = agreements().filter(is_active=True)
    return {"dataAgreements": [documents.agreement(row) for row in asked.page(rows)]}


def verification_records(asked: Asked) -> Document:
    """A page of the consents given to this system's office, or recorded by it."""
    rows = asked.page(_filtered(asked, records().filter(_visible(asked))))
    _note(rows, asked)
    return {"consentRecords": [documents.consent(row) for row in rows]}


def verification_record(asked: Asked, name: str) -> Document:
    """One of them."""
    row = one(records().filter(_visible(asked)), name, "consent record")
    _note([row], asked)
    assert row.revision is not None
    return {"consentRecord": documents.consent(row), "revision": documents.revision(row.revision)}


def audit_records(asked: Asked) -> Document:
    """A page of all consent records, for auditors."""
    rows = asked.page(_filtered(asked, records()))
    _note(rows, asked)
    return {"consentRecords": [documents.consent(row) for row in rows]}


def audit_record(asked: Asked, name: str) -> Document:
    """Any consent record, for auditors."""
    row = one(records(), name, "consent record")
    _note([row], asked)
    return {"consentRecord": documents.consent(row)}


def audit_agreements(asked: Asked) -> Document:
    """A page of all agreements."""
    return {"dataAgreements": [documents.agreement(row) for row in asked.page(agreements())]}


def audit_agreement(asked: Asked, name: str) -> Document:
    """Any agreement."""
    del asked
    return {"dataAgreement": documents.agreement(one(agreements(), name, "data agreement"))}


def told(row: models.ConsentRecord) -> Document:
    """A record with its revision."""
    assert row.revision is not None
    return {"consentRecord": documents.consent(row), "revision": documents.revision(row.revision)}


def _drafted(asked: Asked, agreement: str, individual: models.Individual) -> models.ConsentRecord:
    """The individual's record of an agreement's current revision, as stored or new."""
    found = one(agreements().filter(is_active=True), agreement, "active data agreement")
    number = asked.query("revisionId")
    if number is not None and number != found.revision_id:
        raise BadInput(problem="revisionId: only the current revision can be agreed to")
    row = records().filter(agreed_revision=found.revision, individual=individual).first()
    if row is not None:
        return row  # type: ignore[no-any-return]
    return models.ConsentRecord(
        id=str(uuid.uuid4()),
        agreement=found,
        agreed_revision=found.revision,
        individual=individual,
        is_given=True,
        state=UNSIGNED,
        receivers=found.receivers,
        purpose=found.purpose,
        fields=found.fields,
        since=asked.at,
        until=asked.at + timedelta(days=found.days),
        via=Via.CLIENT.value,
        by=asked.by.name,
        office=asked.office,
        made_at=asked.at,
    )


def _own(asked: Asked) -> Any:
    return records().filter(individual=asked.individual(), office=asked.office)


def _recorded(asked: Asked, number: str) -> models.ConsentRecord:
    """A record that this system made; with an individual named, theirs."""
    row: models.ConsentRecord = one(
        records().filter(office=asked.office, via=Via.CLIENT.value), number, "consent record"
    )
    named = [asked.request.headers.get("X-ConsentBB-IndividualId"), asked.query("individualId")]
    if any(each and each != row.individual_id for each in named):
        raise BadInput(problem="there is no such consent record")
    return (
        models.ConsentRecord.objects.select_for_update(of=("self",))
        .select_related("agreement__revision", "agreed_revision", "individual", "revision", "signature")
        .get(id=row.id)
    )


def _visible(asked: Asked) -> Q:
    return Q(receivers__contains=[asked.office], state=SIGNED) | Q(office=asked.office, via=Via.CLIENT.value)


def _filtered(asked: Asked, rows: Any) -> Any:
    for name, column in (("individualId", "individual_id"), ("dataAgreementId", "agreement_id")):
        said = asked.query(name)
        rows = rows if said is None else rows.filter(**{column: said})
    opted = asked.query("optIn")
    return rows if opted is None else rows.filter(is_given=opted.casefold() == "true")


def _note(rows: list[models.ConsentRecord], asked: Asked) -> None:
    """Who looked at whose consents is in the log."""
    about = {
        node_reference(row.individual.scheme, row.individual.value) for row in rows if row.individual.value
    }
    audit.record(
        "market.consents_read",
        target="consents",
        by=asked.by,
        at=asked.at,
        subjects=sorted(about),
        count=len(rows),
    )
