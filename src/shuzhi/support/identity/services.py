from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy, subjects
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import models, naming
from shuzhi.support.identity.errors import NameNotAllowed, NoSuchAccount, RoleNotForPeople

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
    require_names(username, person, person_en)
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


@transaction.atomic
def limit_account(*, username: str, until: datetime, by: Actor, at: datetime) -> None:
    """Let an account end at a moment: from then on nobody signs in with it, and who is signed in is the public.

    Raises:
        NoSuchAccount: there is none of that name.
        Forbidden: only an administrator opens accounts, and only they limit them.
    """
    policy.require("identity.open_account", by=by)
    if not models.Account.objects.filter(username=username).update(until=until):
        raise NoSuchAccount(username=username)
    audit.record(
        "identity.account_limited", target=f"account/{username}", by=by, at=at, until=until.isoformat()
    )


@transaction.atomic
def note_proof(*, username: str, scheme: str, value: str, by: Actor, at: datetime) -> None:
    """Keep that an account's identity is proven (实名认证): by a window that saw the card, or another service.

    Raises:
        NoSuchAccount: there is none of that name.
        Forbidden: only administrators and the bureau's counters keep proofs.
    """
    policy.require("identity.note_proof", by=by)
    if not models.Account.objects.filter(username=username, is_active=True).exists():
        raise NoSuchAccount(username=username)
    written = value.strip().upper()
    models.Proof.objects.update_or_create(
        account=username, scheme=scheme, defaults={"value": written, "at": at}
    )
    about = [subjects.node_reference(scheme, written)]
    audit.record(
        "identity.proof_noted", target=f"account/{username}", by=by, at=at, scheme=scheme, subjects=about
    )


def actor_of(account: models.Account) -> Actor:
    """The actor as which a signed-in person acts."""
    return Actor(
        name=f"account/{account.username}",
        title=account.person,
        office=account.office,
        division=account.division,
        roles=frozenset(Role(role) for role in account.roles),
    )


def require_names(username: str, *names: str) -> None:
    """No name looks like another, or is not what it seems (UTS 39).

    Raises:
        NameNotAllowed: other letters than Latin and Han ones, hidden characters, or a name that differs only in case.
    """
    shown = naming.as_shown(username)
    if not naming.is_well_formed(username):
        raise NameNotAllowed(
            name=shown[:100], reason="Latin letters, digits, Han characters and ._@- only",
            reason_zh="只能用拉丁字母、数字、汉字和 ._@-",
        )  # fmt: skip
    alike = models.Account.objects.filter(username__iexact=username).exclude(username=username)
    if alike.exists():
        raise NameNotAllowed(name=shown, reason="another account is called so", reason_zh="已有同名账号")
    for name in names:
        if not naming.is_readable(name):
            raise NameNotAllowed(
                name=naming.as_shown(name)[:100],
                reason="it has hidden characters",
                reason_zh="含有不可见字符",
            )


def note_sign_out(*, by: Actor, at: datetime) -> None:
    """Write into the audit log that somebody ended their session."""
    audit.record("identity.signed_out", target=by.name, by=by, at=at)
