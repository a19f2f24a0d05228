"""Giving and withdrawing consent (授权与撤回). What is in force changes in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.business.market import models
from shuzhi.business.market.errors import (
    AgreementChanged,
    AgreementInactive,
    BeyondAgreement,
    EvidenceMissing,
    NoSuchAgreement,
    NoSuchConsent,
    NotGiven,
    NothingChosen,
    PeriodRefused,
)
from shuzhi.business.market.queries import grant_for, grant_of, holder_of
from shuzhi.business.market.revising import revise
from shuzhi.business.market.services.accounts import register_individual
from shuzhi.business.market.types import SIGNED, ConsentGiven, ConsentWithdrawn, Grant, Shown, Via
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit, consents, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor


@dataclass(frozen=True)
class Choice:
    """What of an agreement somebody agrees to: which offices, which fields, how many days, and which text was read."""

    revision: str
    receivers: tuple[str, ...]
    fields: tuple[str, ...]
    days: int


@transaction.atomic
def give_consent(
    *, agreement: str, individual: str, choice: Choice, by: Actor, at: datetime, evidence: str = ""
) -> Grant:
    """Agree (授权), by oneself or through a clerk with evidence. What was agreed to before is replaced.

    Raises:
        NoSuchAgreement, AgreementInactive: as they say.
        AgreementChanged: another text was read than the one that stands.
        NothingChosen, BeyondAgreement, PeriodRefused: the choice is not within the agreement.
        EvidenceMissing, Forbidden: it is somebody else's consent.
    """
    via = _right_to_act(individual, by, evidence)
    found = models.Agreement.objects.select_related("revision").filter(id=agreement, is_deleted=False).first()
    if found is None:
        raise NoSuchAgreement(agreement=agreement[:60])
    if not found.is_active:
        raise AgreementInactive(agreement=agreement)
    _check_choice(found, choice)
    row = models.ConsentRecord.objects.filter(
        agreed_revision=found.revision, individual_id=individual
    ).first() or models.ConsentRecord(
        id=str(uuid.uuid4()),
        agreement=found,
        agreed_revision=found.revision,
        individual_id=individual,
        made_at=at,
    )
    row.is_given, row.state, row.signature = True, SIGNED, None
    row.receivers, row.fields, row.purpose = list(choice.receivers), list(choice.fields), found.purpose
    row.since, row.until = at, at + timedelta(days=choice.days)
    row.ended_at = row.followed_at = None
    row.via, row.by, row.evidence, row.office = via.value, by.name, evidence.strip()[:300], by.office or ""
    earlier = models.ConsentRecord.objects.filter(agreement=found, individual_id=individual, is_given=True)
    for other in earlier.exclude(id=row.id).select_for_update():
        _end(other, by=by, at=at, evidence="", reason="replaced")
    apply_consent(row, by=by, at=at)
    return grant_of(row)


@transaction.atomic
def record_for(
    *, agreement: str, scheme: str, value: str, choice: Choice, by: Actor, at: datetime, evidence: str
) -> Grant:
    """Record what somebody agreed to at the counter (代办授权), known by an identifier.

    Raises:
        EvidenceMissing, Forbidden, IdentifierWrong: as they say, and what `give_consent` raises.
    """
    policy.require("market.record", by=by)
    who = register_individual(scheme=scheme, value=value, by=by, at=at)
    return give_consent(
        agreement=agreement, individual=who.id, choice=choice, by=by, at=at, evidence=evidence
    )


@transaction.atomic
def withdraw_consent(
    *, consent: str, by: Actor, at: datetime, individual: str | None = None, evidence: str = ""
) -> Grant:
    """Withdraw (撤回): from the commit on nothing leaves by this consent, and files made by it are not given out.

    Raises:
        NoSuchConsent: there is none, or it is not of this individual.
        NotGiven: it was withdrawn before.
        EvidenceMissing, Forbidden: it is somebody else's consent.
    """
    row = models.ConsentRecord.objects.select_for_update().filter(id=consent).first()
    if row is None or (individual is not None and row.individual_id != individual):
        raise NoSuchConsent
    via = _right_to_act(row.individual_id, by, evidence)
    if not row.is_given:
        raise NotGiven
    row.via = via.value
    _end(row, by=by, at=at, evidence=evidence, reason="withdrawn")
    return grant_of(row)


@transaction.atomic
def show_consent(*, consent: str, office: str | None, by: Actor, at: datetime) -> Shown:
    """A consent with whose it is, for an office that is given data by it; the person sees who looked.

    Raises:
        NoSuchConsent: there is none, or not for this office.
        Forbidden: the actor reads no consents.
    """
    policy.require("market.read", by=by)
    grant = grant_for(consent, office=office)
    who = models.Individual.objects.get(id=grant.individual)
    audit.record(
        "market.consents_read",
        target=f"consent/{consent}",
        by=by,
        at=at,
        subjects=[node_reference(who.scheme, who.value)] if who.value else [],
    )
    return Shown(grant, who.scheme, who.value)


def apply_consent(row: models.ConsentRecord, *, by: Actor, at: datetime) -> None:
    """Write a consent with its revision, and bring what is in force in line with it, in the running transaction."""
    row.revision = revise(
        "ConsentRecord",
        row.id,
        _serialized(row),
        at=at,
        individual=row.individual_id if row.via == Via.SELF.value else "",
        other="" if row.via == Via.SELF.value else by.name,
    )
    row.save()
    holds = row.is_given and row.state == SIGNED
    who = row.individual
    consents.end(_references(row, row.agreement.receivers), at=at)
    if holds and who.value:
        for office in row.receivers:
            consents.put_in_force(
                consents.InForce(
                    reference=f"{row.id[:36]}:{_number(row, office)}",
                    topic=row.agreement_id,
                    scheme=who.scheme,
                    value=who.value,
                    office=office,
                    purpose=row.purpose,
                    fields=tuple(row.fields),
                    since=row.since,
                    until=row.until,
                )
            )
    _note(row, "market.consent_given" if row.is_given else "market.consent_withdrawn", by=by, at=at)
    event = ConsentGiven if row.is_given else ConsentWithdrawn
    outbox.publish(event(row.id, row.agreement_id, list(row.receivers)), at=at)


def end_consents_of(*, agreement: str, by: Actor, at: datetime) -> int:
    """End every consent that rests on an agreement; how many there were."""
    rows = models.ConsentRecord.objects.select_for_update().filter(agreement_id=agreement, is_given=True)
    for row in rows.order_by("id"):
        _end(row, by=by, at=at, evidence="", reason="agreement ended")
    return len(rows)


def _end(row: models.ConsentRecord, *, by: Actor, at: datetime, evidence: str, reason: str) -> None:
    row.is_given, row.ended_at, row.by = False, at, by.name
    row.evidence = evidence.strip()[:300] or row.evidence
    del reason
    apply_consent(row, by=by, at=at)


def _right_to_act(individual: str, by: Actor, evidence: str) -> Via:
    """The person, or a clerk with evidence; nobody else."""
    holder = holder_of(by)
    if holder is not None and holder.id == individual:
        return Via.SELF
    policy.require("market.record", by=by)
    if not evidence.strip():
        raise EvidenceMissing
    return Via.CLERK


def _check_choice(agreement: models.Agreement, choice: Choice) -> None:
    if choice.revision != agreement.revision_id:
        raise AgreementChanged(agreement=agreement.id)
    if not choice.receivers or not choice.fields:
        raise NothingChosen
    for name in set(choice.receivers) - set(agreement.receivers):
        raise BeyondAgreement(what=f"office {name[:60]}", what_zh=f"部门 {name[:60]}")
    for name in set(choice.fields) - set(agreement.fields):
        raise BeyondAgreement(what=f"field {name[:60]}", what_zh=f"数据项 {name[:60]}")
    if not 1 <= choice.days <= agreement.days:
        raise PeriodRefused(days=agreement.days)


def _references(row: models.ConsentRecord, offices: Sequence[str]) -> list[str]:
    return [f"{row.id[:36]}:{number}" for number in range(len(offices) + 1)]


def _number(row: models.ConsentRecord, office: str) -> int:
    offices = list(row.agreement.receivers)
    return offices.index(office) if office in offices else len(offices)


def _serialized(row: models.ConsentRecord) -> dict[str, object]:
    """What a revision says of a consent: references, no identifier."""
    return {
        "id": row.id,
        "dataAgreement": row.agreement_id,
        "dataAgreementRevision": row.agreed_revision_id,
        "dataAgreementRevisionHash": row.agreed_revision.digest,
        "individual": row.individual_id,
        "optIn": row.is_given,
        "state": row.state,
        "signature": row.signature_id,
        "receivers": sorted(row.receivers),
        "fields": sorted(row.fields),
        "purpose": row.purpose,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }


def _note(row: models.ConsentRecord, action: str, *, by: Actor, at: datetime) -> None:
    who, revision = row.individual, row.revision
    assert revision is not None
    audit.record(
        action,
        target=f"consent/{row.id}",
        by=by,
        at=at,
        subjects=[node_reference(who.scheme, who.value)] if who.value else [],
        agreement=row.agreement_id,
        agreed=row.agreed_revision.digest,
        revision=revision.digest,
        state=row.state,
        receivers=list(row.receivers),
        fields=list(row.fields),
        until=row.until.isoformat(),
        via=row.via,
        evidence=node_reference("evidence", row.evidence) if row.evidence else "",
    )
