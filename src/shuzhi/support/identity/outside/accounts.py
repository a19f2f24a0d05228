"""Whose account it is here (账号对应): the one that belongs to the provider's subject, else the one that is proven by the same number.

Somebody whom nobody knows here gets an account at the first sign-in, without a password. Only residents' and firms' accounts
are entered so: who works for an office signs in with the account that its administrator opened.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Role, system
from shuzhi.pillars.standards.validators import check_resident_id, check_uscc
from shuzhi.support.identity import models, naming, services
from shuzhi.support.identity.outside.errors import AccountNotThine, NotTold
from shuzhi.support.identity.outside.provider import Person, Provider

RESIDENT = [Role.RESIDENT.value]


@transaction.atomic
def account_of(person: Person, of: Provider, *, address: str, at: datetime) -> models.Account:
    """The account as which somebody is signed in who signed in there; made where there is none.

    Raises:
        NotTold: the provider says no number that proves who it is.
        AccountNotThine: the account is closed, or works for an office.
    """
    proven = _proven(person, of)
    held = models.OutsideAccount.objects.select_for_update().filter(
        issuer=person.issuer, subject=person.subject
    )
    row = held.first()
    name = row.account if row else _known(proven) or _open(person, proven, at=at)
    account = models.Account.objects.filter(username=name).first()
    if account is None or not account.is_in_use(at) or account.roles != RESIDENT or _is_another(name, proven):
        raise AccountNotThine
    if row is None:
        row = models.OutsideAccount(issuer=person.issuer, subject=person.subject, account=name, made_at=at)
        audit.record(
            "identity.outside_linked", target=f"account/{name}", by=services.actor_of(account), at=at,
            issuer=person.issuer,
        )  # fmt: skip
    row.used_at = at
    row.save()
    audit.record(
        "identity.signed_in", target=f"account/{name}", by=services.actor_of(account), at=at, address=address,
        issuer=person.issuer,
    )  # fmt: skip
    return account


def _proven(person: Person, of: Provider) -> dict[str, str]:
    """The numbers that the provider has proven, each right by its check digit, the first one first."""
    found = {}
    for scheme, claim in of.claims:
        value = person.claims.get(claim)
        text = value.strip().upper() if isinstance(value, str) else ""
        if _is_right(scheme, text):
            found[scheme] = text
    if not found:
        raise NotTold
    return found


def _is_right(scheme: str, number: str) -> bool:
    if scheme == "resident_id":
        return check_resident_id(number).valid
    return scheme == "uscc" and check_uscc(number).valid


def _known(proven: dict[str, str]) -> str:
    """The account that has proven the first of these numbers; none of a demonstration, and none where two have."""
    scheme, value = next(iter(proven.items()))
    names = models.Proof.objects.filter(scheme=scheme, value=value).values_list("account", flat=True)
    rows = models.Account.objects.filter(
        username__in=list(names), roles=RESIDENT, is_active=True, is_demo=False
    )
    found = list(rows.values_list("username", flat=True)[:2])
    return found[0] if len(found) == 1 else ""


def _is_another(name: str, proven: dict[str, str]) -> bool:
    """Whether the account has proven to be somebody else: a number that the provider now gives to another person."""
    kept = dict(models.Proof.objects.filter(account=name).values_list("scheme", "value"))
    return any(kept.get(scheme, value) != value for scheme, value in proven.items())


def _open(person: Person, proven: dict[str, str], *, at: datetime) -> str:
    digest = hashlib.sha256(f"{person.issuer} {person.subject}".encode()).hexdigest()
    name = f"outside-{digest[:20]}"
    said = person.claims.get("name")
    title = said.strip()[:100] if isinstance(said, str) and naming.is_readable(said.strip()) else ""
    by = system("outside")
    services.open_account(
        username=name, person=title or "已实名用户", office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=None, by=by, at=at,
    )  # fmt: skip
    for scheme, value in proven.items():
        services.note_proof(username=name, scheme=scheme, value=value, by=by, at=at)
    return name
