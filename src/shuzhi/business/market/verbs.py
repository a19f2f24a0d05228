"""What scenarios do with consents: record one at the counter, withdraw it, look at what is in force, and at what is owed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.market import queries, services
from shuzhi.business.market.errors import NoSuchConsent
from shuzhi.business.market.services.consents import Choice
from shuzhi.business.market.types import Grant
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfPerson(BaseModel):
    """A person or firm by an identifier."""

    model_config = ConfigDict(extra="forbid")

    scheme: str
    value: str


class Agreeing(OfPerson):
    """What somebody agrees to at the counter: everything that the agreement offers where nothing else is said."""

    agreement: str
    receivers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    days: int | None = Field(default=None, ge=1)
    evidence: str = ""


class Ending(BaseModel):
    """A consent by its number; the one recorded last where it is left out."""

    model_config = ConfigDict(extra="forbid")

    consent: str | None = None
    evidence: str = ""


def record(said: Agreeing, stage: Stage) -> dict[str, Any]:
    """Record what somebody agreed to, with the evidence that the clerk keeps."""
    found = queries.agreement(said.agreement)
    choice = Choice(
        revision=found.revision,
        receivers=said.receivers or found.receivers,
        fields=said.fields or found.fields,
        days=said.days or found.days,
    )
    return _told(
        services.record_for(
            agreement=said.agreement, scheme=said.scheme, value=said.value, choice=choice,
            by=stage.by, at=stage.at, evidence=said.evidence,
        )
    )  # fmt: skip


def withdraw(said: Ending, stage: Stage) -> dict[str, Any]:
    """Withdraw a consent: from that moment nothing is delivered on it."""
    last = stage.latest("record consent")
    number = said.consent or (last["id"] if last else None)
    if number is None:
        raise NoSuchConsent(consent="—")
    return _told(services.withdraw_consent(consent=number, by=stage.by, at=stage.at, evidence=said.evidence))


def look(said: OfPerson, stage: Stage) -> list[dict[str, Any]]:
    """What somebody has agreed to, the newest first."""
    del stage
    who = queries.individual_known_by(said.scheme, said.value)
    return [_told(each) for each in queries.grants_of(who.id)] if who else []


class OfOffice(BaseModel):
    """An office."""

    model_config = ConfigDict(extra="forbid")

    office: str


def owed(said: OfOffice, stage: Stage) -> list[dict[str, Any]]:
    """What an office has to delete, what is open first."""
    del stage
    return [
        {"dossier": one.dossier, "fields": one.fields, "deliveries": one.deliveries, "outcome": one.outcome}
        for one in queries.duties(office=said.office)
    ]


def _told(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "agreement": grant.agreement,
        "given": grant.is_given,
        "receivers": grant.receivers,
        "fields": grant.fields,
        "until": grant.until,
    }


VERBS = (
    Verb("record consent", Words(zh="登记授权", en="record a consent"), Agreeing, record, names={"agreement": "agreements"}),
    Verb("withdraw consent", Words(zh="撤回授权", en="withdraw a consent"), Ending, withdraw),
    Verb("deletions owed", Words(zh="查看删除义务", en="look at deletions owed"), OfOffice, owed, looks=True, names={"office": "offices"}),
    Verb("consents", Words(zh="查看授权", en="look at consents"), OfPerson, look, looks=True),
)  # fmt: skip
