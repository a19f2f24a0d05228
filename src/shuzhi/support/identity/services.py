from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import PUBLIC, Actor, Role
from shuzhi.support.identity import models
from shuzhi.support.identity.errors import NoSuchAccount, RoleNotForPeople

# Of demonstration accounts only: they exist in demo mode, on synthetic data, and the sign-in page shows it.
DEMO_PASSWORD = "shuzhi-demo"  # noqa: S105


@transaction.atomic
def open_account(
    *,
    username: str,
    person: str,
    office: str | None,
    division: str | None,
    roles: frozenset[Role],
    password: str | None,
    by: Actor,
    at: datetime,
    person_en: str = "",
    is_demo: bool = False,
) -> Actor:
    """Open an account, or bring an existing one to this state. Without a password nobody can sign in with it.

    Raises:
        RoleNotForPeople: the platform's own role was asked for.
        Forbidden: only an administrator opens accounts.
    """
    policy.require("identity.open_account", by=by)
    if Role.SYSTEM in roles:
        raise RoleNotForPeople(role=Role.SYSTEM.value)
    account, _ = models.Account.objects.get_or_create(username=username)
    account.person, account.person_en, account.office, account.division = person, person_en, office, division
    account.roles = sorted(role.value for role in roles)
    account.is_demo = is_demo
    account.set_password(password)
    account.save()
    audit.record("identity.account_opened", target=f"account/{username}", by=by, at=at, roles=account.roles)
    return actor_of(account)


@transaction.atomic
def close_account(*, username: str, by: Actor, at: datetime) -> None:
    """Close an account: nobody signs in with it any more, and who is signed in acts as the public from now on.

    Raises:
        NoSuchAccount: there is none of that name.
        Forbidden: only an administrator closes accounts.
    """
    policy.require("identity.close_account", by=by)
    if not models.Account.objects.filter(username=username).update(is_active=False):
        raise NoSuchAccount(username=username)
    audit.record("identity.account_closed", target=f"account/{username}", by=by, at=at)


def actor_of(account: models.Account) -> Actor:
    """The actor as which a signed-in person acts."""
    return Actor(
        name=f"account/{account.username}",
        title=account.person,
        office=account.office,
        division=account.division,
        roles=frozenset(Role(role) for role in account.roles),
    )


def note_sign_in(*, username: str, succeeded: bool, at: datetime) -> None:
    """Write an attempt to sign in into the audit log; a failed one under the name that was tried."""
    name = f"account/{username[:100]}"
    audit.record(
        "identity.signed_in",
        target=name,
        by=Actor(name=name if succeeded else PUBLIC.name),
        at=at,
        outcome="done" if succeeded else "refused",
    )


def note_sign_out(*, by: Actor, at: datetime) -> None:
    """Write into the audit log that somebody ended their session."""
    audit.record("identity.signed_out", target=by.name, by=by, at=at)
