"""Who can consent and through what: persons and firms, their accounts, and outside systems."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime

from django.db import transaction

from shuzhi.business.market import models, queries
from shuzhi.business.market.errors import AlreadyBound, EvidenceMissing, IdentifierWrong, NoDataAccount
from shuzhi.business.market.types import Individual
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.consents import spelt
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards.validators import VALIDATORS
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity.errors import NoSuchAccount
from shuzhi.support.identity.services import note_proof

SCOPES = ("org", "admin", "consumer", "individual", "auditor")


@transaction.atomic
def register_individual(
    *,
    scheme: str,
    value: str,
    by: Actor,
    at: datetime,
    provider: str = "",
    office: str = "",
    name: str | None = None,
) -> Individual:
    """Know a person or firm; the same one again is the same individual. `name` corrects one that is known.

    Raises:
        IdentifierWrong: the scheme is one that the platform knows, and the identifier is not in its form.
    """
    value = spelt(value)
    check = VALIDATORS.get(scheme)
    if check is not None and value and not check(value):
        raise IdentifierWrong(scheme=scheme)
    facts = {"scheme": scheme, "value": value, "provider": provider}
    if name is not None:
        models.Individual.objects.filter(id=name).update(**facts)
        row = models.Individual.objects.get(id=name)
    elif value:
        known = models.Individual.objects.filter(scheme=scheme, value=value, office=office).order_by(
            "made_at"
        )
        row = known.first() or _individual(facts, office, at)
    else:
        row = _individual(facts, office, at)
    subjects = [node_reference(scheme, value)] if value else []
    audit.record(
        "market.individual_registered", target=f"individual/{row.id}", by=by, at=at, subjects=subjects
    )
    return Individual(row.id, row.scheme, row.value)


def _individual(facts: dict[str, str], office: str, at: datetime) -> models.Individual:
    return models.Individual.objects.create(id=str(uuid.uuid4()), made_at=at, office=office, **facts)


@transaction.atomic
def bind_account(
    *, username: str, scheme: str, value: str, evidence: str, by: Actor, at: datetime
) -> Individual:
    """Open a data account (开立数据账户): from now on this account sees to the data of this person or firm.

    Raises:
        NoSuchAccount: there is none of this name.
        AlreadyBound: it is somebody else's.
        EvidenceMissing, IdentifierWrong, Forbidden: as they say.
    """
    policy.require("market.bind", by=by)
    if not evidence.strip():
        raise EvidenceMissing
    if identity.actor(username) is None:
        raise NoSuchAccount(username=username)
    individual = register_individual(scheme=scheme, value=value, by=by, at=at)
    proven = identity.proofs(username).get(scheme)
    if proven is not None and spelt(proven) != spelt(value):
        raise AlreadyBound(username=username)
    note_proof(username=username, scheme=scheme, value=value, by=by, at=at)
    audit.record(
        "market.account_bound",
        target=f"account/{username}",
        by=by,
        at=at,
        subjects=[node_reference(scheme, value)],
        evidence=node_reference("evidence", evidence),
    )
    return individual


@transaction.atomic
def know_holder(*, by: Actor, at: datetime) -> Individual:
    """Who sees to their own data with this account; whoever has proven an identity has a data account by it.

    Raises:
        NoDataAccount: the account has proven to be nobody.
    """
    found = queries.holder_of(by)
    if found is not None:
        return found
    proven = identity.proofs(by.name) if by.name.startswith("account/") else {}
    for scheme, value in sorted(proven.items()):
        return register_individual(scheme=scheme, value=value, by=by, at=at)
    raise NoDataAccount


@transaction.atomic
def admit_client(*, name: str, office: str, scopes: tuple[str, ...], by: Actor, at: datetime) -> str:
    """Admit an outside system, or give it a new token, which is returned and nowhere kept.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("market.clients", by=by)
    token = secrets.token_urlsafe(32)
    models.Client.objects.update_or_create(
        id=name,
        defaults={
            "digest": digest_of_token(token),
            "office": office,
            "scopes": sorted(set(scopes).intersection(SCOPES)),
            "made_at": at,
            "ended_at": None,
        },
    )
    audit.record(
        "market.client_admitted", target=f"client/{name}", by=by, at=at, office_of=office, scopes=scopes
    )
    return token


@transaction.atomic
def end_client(*, name: str, by: Actor, at: datetime) -> None:
    """From now on this system is refused.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("market.clients", by=by)
    models.Client.objects.filter(id=name).update(ended_at=at)
    audit.record("market.client_ended", target=f"client/{name}", by=by, at=at)


def digest_of_token(token: str) -> str:
    """What is kept of a token: it is long and random, a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()
