from __future__ import annotations

from typing import Any

from shuzhi.business.market import models
from shuzhi.business.market.errors import NoDataAccount, NoSuchAgreement
from shuzhi.business.market.types import Agreement, Grant, Individual
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import queries as security
from shuzhi.pillars.security import subjects
from shuzhi.pillars.security.consents import spelt
from shuzhi.pillars.security.queries import LoggedAct
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import queries as identity


def holder_of(by: Actor) -> Individual | None:
    """The person or firm whose account this is."""
    username = by.name.removeprefix("account/")
    if username == by.name:
        return None
    found = models.DataAccount.objects.select_related("individual").filter(username=username).first()
    if found is None or contradicted(username, found.individual.scheme, found.individual.value):
        return None
    return _individual(found.individual)


def contradicted(username: str, scheme: str, value: str) -> bool:
    """Whether an account has proven to be somebody else (核验身份)."""
    proven = identity.proofs(username).get(scheme)
    return proven is not None and spelt(proven) != spelt(value)


def require_holder(by: Actor) -> Individual:
    """The same, where there must be one.

    Raises:
        NoDataAccount: the account is bound to nobody.
    """
    found = holder_of(by)
    if found is None:
        raise NoDataAccount
    return found


def individual_known_by(scheme: str, value: str) -> Individual | None:
    """The platform's own individual of an identifier."""
    rows = models.Individual.objects.filter(scheme=scheme, value=spelt(value), office="")
    found = rows.order_by("made_at").first()
    return None if found is None else _individual(found)


def agreements(*, active_only: bool = True) -> list[Agreement]:
    """The agreements that mean something at the gate, by title."""
    rows = models.Agreement.objects.select_related("revision").filter(is_deleted=False).exclude(fields=[])
    rows = rows.filter(is_active=True) if active_only else rows
    return sorted(map(agreement_of, rows), key=lambda each: (each.title.zh, each.id))


def count_consents(*, agreement: str) -> int:
    """How many consents to an agreement are in force."""
    return models.ConsentRecord.objects.filter(agreement=agreement, is_given=True, ended_at=None).count()


def is_in_use(name: str) -> bool:
    """Whether there is an agreement of this name that has not been taken out of use."""
    return models.Agreement.objects.filter(id=name, is_deleted=False).exists()


def agreement(name: str) -> Agreement:
    """One agreement.

    Raises:
        NoSuchAgreement: there is none of this name.
    """
    row = models.Agreement.objects.select_related("revision").filter(id=name, is_deleted=False).first()
    if row is None:
        raise NoSuchAgreement(agreement=name[:60])
    return agreement_of(row)


def grants_of(individual: str) -> list[Grant]:
    """The consents that somebody gave, those in force first, the newest first."""
    rows = models.ConsentRecord.objects.select_related("agreement__revision", "agreed_revision").filter(
        individual_id=individual
    )
    return [grant_of(row) for row in rows.order_by("-is_given", "-since", "id")]


def seen_by_others(individual: Individual, *, page: int = 1, size: int = 50) -> list[LoggedAct]:
    """Who saw somebody's data (谁看过我的数据), the newest first; for themselves."""
    references = subjects.references_of(individual.scheme, individual.value)
    return security.acts_about(references, page=page, size=size)


def agreement_of(row: models.Agreement) -> Agreement:
    """An agreement as it stands."""
    title, text = _words(row.declared, row.content)
    return Agreement(
        id=row.id,
        title=title,
        text=text,
        purpose=row.purpose,
        version=str(row.content.get("version", "")),
        revision=row.revision_id,
        digest=row.revision.digest,
        receivers=tuple(row.receivers),
        fields=tuple(row.fields),
        days=row.days,
        basis=tuple(each["title"] for each in (row.declared or {}).get("basis", ())),
        is_active=row.is_active,
        labels=_labels(row.declared),
    )


def grant_of(row: models.ConsentRecord) -> Grant:
    """A consent, with the text that was agreed to."""
    agreed = _snapshot(row.agreed_revision)
    title, text = _words(agreed.get("declared") or row.agreement.declared, agreed)
    return Grant(
        id=row.id,
        agreement=row.agreement_id,
        title=title,
        revision=row.agreed_revision_id,
        version=str(agreed.get("version", "")),
        text=text,
        individual=row.individual_id,
        receivers=tuple(row.receivers),
        purpose=row.purpose,
        fields=tuple(row.fields),
        since=row.since,
        until=row.until,
        state=row.state,
        is_given=row.is_given,
        via=row.via,
        ended_at=row.ended_at,
        labels=_labels(agreed.get("declared") or row.agreement.declared),
    )


def _snapshot(revision: models.Revision) -> dict[str, Any]:
    import json

    content: dict[str, Any] = json.loads(revision.snapshot)["objectData"]
    return content


def _words(declared: dict[str, Any] | None, content: dict[str, Any]) -> tuple[Words, Words]:
    """Title and text; of an agreement that no pack declared, its purpose is both."""
    if declared:
        return Words(**declared["title"]), Words(**declared["text"])
    purpose = str(content.get("purpose", ""))
    return Words(zh=purpose, en=purpose), Words(zh=purpose, en=purpose)


def _labels(declared: dict[str, Any] | None) -> dict[str, Words]:
    """What fields are called."""
    return {name: Words(**said) for name, said in (declared or {}).get("fields", {}).items()}


def _individual(row: models.Individual) -> Individual:
    return Individual(row.id, row.scheme, row.value)
