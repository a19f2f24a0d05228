from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.types import ROLE_TITLES, Actor, Role
from shuzhi.support.identity import models, services

_PROOFS = "SELECT scheme, value FROM identity_proof WHERE account = %s ORDER BY scheme"


@dataclass(frozen=True)
class DemoAccount:
    """An account that the sign-in page of a demonstration offers."""

    username: str
    person: dict[str, str]
    office: dict[str, str]
    role: dict[str, str]


def actor(username: str) -> Actor | None:
    """The actor as which an account acts, or None where there is no such account in use."""
    row = models.Account.objects.filter(username=username, is_active=True).first()
    return services.actor_of(row) if row else None


def proofs(name: str) -> dict[str, str]:
    """What an account has proven, by scheme: `resident_id`, `uscc`; `name` is the account's or its actor's."""
    return dict(prepared.run(_PROOFS, [name.removeprefix("account/")]))


def demo_accounts(*, residents: bool = False) -> list[DemoAccount]:
    """The demonstration's accounts: of those who work for an office, or of residents."""
    offices = organization.office_titles()
    rows = models.Account.objects.filter(is_demo=True, is_active=True).order_by("id")
    return [
        DemoAccount(
            username=row.username,
            person={"zh": row.person, "en": row.person_en},
            office=offices[row.office].model_dump() if row.office in offices else {"zh": "", "en": ""},
            role=ROLE_TITLES[Role(row.roles[0])].model_dump(),
        )
        for row in rows
        if row.roles and residents == (Role.RESIDENT.value in row.roles)
    ]


def holders(*, office: str, role: Role) -> list[Words]:
    """The names of those who have a role in an office now."""
    rows = models.Account.objects.filter(
        office=office, roles__contains=[role.value], is_active=True
    ).order_by("id")
    return [Words(zh=row.person, en=row.person_en or row.person) for row in rows]


def account_names(*, office: str, roles: Iterable[Role]) -> list[str]:
    """The actors' names of those in an office who have one of these roles now; of everyone there if none is named."""
    rows = models.Account.objects.filter(office=office, is_active=True)
    wanted = [role.value for role in roles]
    if wanted:
        rows = rows.filter(roles__overlap=wanted)
    return [f"account/{name}" for name in rows.order_by("username").values_list("username", flat=True)]


def account_classes() -> dict[str, int]:
    """How many accounts in use hold each role."""
    counts: dict[str, int] = {}
    for roles in models.Account.objects.filter(is_active=True).values_list("roles", flat=True):
        for role in roles:
            counts[role] = counts.get(role, 0) + 1
    return dict(sorted(counts.items()))


def without_second_factor(*, roles: Iterable[Role]) -> int:
    """How many accounts in use that hold one of these roles have no second factor; demonstration accounts too."""
    protected = models.SecondFactor.objects.filter(confirmed_at__isnull=False).values("account")
    wanted = [role.value for role in roles]
    rows = models.Account.objects.filter(is_active=True, roles__overlap=wanted)
    return rows.exclude(username__in=protected).count()


def demonstration_accounts() -> int:
    """How many demonstration accounts are in use: their password is shown on the sign-in page."""
    return models.Account.objects.filter(is_active=True, is_demo=True).count()
