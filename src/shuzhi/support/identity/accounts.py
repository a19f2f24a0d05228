"""Accounts as administrators keep them (账号管理): opening, finding, changing, closing, a password for the first time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import models, passwords, services
from shuzhi.support.identity.errors import (
    AccountThere,
    LastAdministrator,
    NoOffice,
    NoRoles,
    NoSuchAccount,
    NotOneself,
)

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """An account as the list shows it."""

    username: str
    person: str
    office: str | None
    roles: tuple[Role, ...]
    is_active: bool
    is_demo: bool
    must_choose: bool
    has_second_factor: bool


@transaction.atomic
def open_new(
    *,
    username: str,
    person: str,
    office: str | None,
    roles: frozenset[Role],
    by: Actor,
    at: datetime,
    person_en: str = "",
    division: str | None = None,
) -> str:
    """Open an account that was not there; returns the password for the first time, which is shown once.

    Raises:
        AccountThere: there is one of that name, closed perhaps.
        NameNotAllowed, RoleNotForPeople, NoRoles, NoOffice: what the account would be is not allowed.
        Forbidden: only an administrator opens accounts.
    """
    policy.require("identity.open_account", by=by)
    if models.Account.objects.filter(username=username).exists():
        raise AccountThere(username=username)
    _require_fit(office, roles)
    services.open_account(
        username=username, person=person, office=office, division=division, roles=roles, password=None,
        by=by, at=at, person_en=person_en,
    )  # fmt: skip
    account = _locked(username)
    models.Account.objects.filter(id=account.id).update(opened_at=at)
    return passwords.give_password(account)


@transaction.atomic
def renew_password(*, username: str, by: Actor, at: datetime) -> str:
    """Give somebody a new password for the first time, who forgot theirs and whom one has seen; sessions end.

    Raises:
        NoSuchAccount: there is none of that name in use.
        Forbidden: only an administrator does it.
    """
    policy.require("identity.manage_accounts", by=by)
    account = _locked(username)
    if not account.is_active:
        raise NoSuchAccount(username=username)
    audit.record("identity.password_given", target=f"account/{username}", by=by, at=at)
    return passwords.give_password(account)


@transaction.atomic
def change(
    *, username: str, person: str, office: str | None, roles: frozenset[Role], by: Actor, at: datetime
) -> None:
    """Change what somebody is: the name, the office, the roles. It holds from the next request on.

    Raises:
        NoSuchAccount, NameNotAllowed, NoRoles, NoOffice: what is given is not right.
        NotOneself, LastAdministrator: nobody would be left to undo it.
        Forbidden: only an administrator does it.
    """
    policy.require("identity.manage_accounts", by=by)
    administrators = _lock_administrators()
    account = _locked(username)
    services.require_names(username, person)
    _require_fit(office, roles)
    former = frozenset(Role(role) for role in account.roles)
    if roles != former:
        _require_not_oneself(username, by)
        if Role.ADMINISTRATOR not in roles:
            _require_another(administrators, username)
    account.person, account.office = person, office
    account.roles = sorted(role.value for role in roles)
    account.save(update_fields=["person", "office", "roles"])
    audit.record(
        "identity.account_changed", target=f"account/{username}", by=by, at=at, office=office or "",
        roles=account.roles, former=sorted(role.value for role in former),
    )  # fmt: skip


@transaction.atomic
def close(*, username: str, by: Actor, at: datetime) -> None:
    """Close an account for good reasons of office: somebody left.

    Raises:
        NoSuchAccount: there is none of that name.
        NotOneself, LastAdministrator: nobody would be left to undo it.
        Forbidden: only an administrator closes accounts.
    """
    policy.require("identity.close_account", by=by)
    _require_not_oneself(username, by)
    _require_another(_lock_administrators(), username)
    services.close_account(username=username, by=by, at=at)


@transaction.atomic
def reopen(*, username: str, by: Actor, at: datetime) -> str:
    """Take a closed account into use again; returns a password for the first time.

    Raises:
        NoSuchAccount: there is none of that name.
        Forbidden: only an administrator does it.
    """
    policy.require("identity.manage_accounts", by=by)
    account = _locked(username)
    models.Account.objects.filter(id=account.id).update(is_active=True)
    audit.record("identity.account_reopened", target=f"account/{username}", by=by, at=at)
    return passwords.give_password(account)


def listed(*, by: Actor, text: str = "", office: str = "", page: int = 1) -> list[Listed]:
    """Accounts by name, those in use first; one page of them."""
    first = (page - 1) * PAGE
    rows = list(_found(by, text, office).order_by("-is_active", "username")[first : first + PAGE])
    with_second = set(
        models.SecondFactor.objects.filter(
            account__in=[row.username for row in rows], confirmed_at__isnull=False
        ).values_list("account", flat=True)
    )
    return [_listed(row, with_second) for row in rows]


def count(*, by: Actor, text: str = "", office: str = "") -> int:
    """How many accounts are found."""
    return _found(by, text, office).count()


def one(username: str, *, by: Actor) -> Listed:
    """One account.

    Raises:
        NoSuchAccount: there is none of that name.
    """
    policy.require("identity.manage_accounts", by=by)
    row = models.Account.objects.filter(username=username).first()
    if row is None:
        raise NoSuchAccount(username=username)
    known = models.SecondFactor.objects.filter(account=username, confirmed_at__isnull=False)
    return _listed(row, set(known.values_list("account", flat=True)))


def administrators_without_second_factor() -> int:
    """How many administrators sign in with a password alone; demonstration accounts are not counted."""
    protected = models.SecondFactor.objects.filter(confirmed_at__isnull=False).values("account")
    return _administrators().filter(is_demo=False).exclude(username__in=protected).count()


def _found(by: Actor, text: str, office: str) -> QuerySet[models.Account]:
    policy.require("identity.manage_accounts", by=by)
    rows = models.Account.objects.all()
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(person__icontains=text))
    return rows.filter(office=office) if office else rows


def _listed(row: models.Account, with_second: Iterable[str]) -> Listed:
    return Listed(
        username=row.username,
        person=row.person,
        office=row.office,
        roles=tuple(Role(role) for role in row.roles),
        is_active=row.is_active,
        is_demo=row.is_demo,
        must_choose=row.must_choose,
        has_second_factor=row.username in with_second,
    )


def _locked(username: str) -> models.Account:
    account = models.Account.objects.select_for_update().filter(username=username).first()
    if account is None:
        raise NoSuchAccount(username=username)
    return account


def _administrators() -> QuerySet[models.Account]:
    return models.Account.objects.filter(is_active=True, roles__contains=[Role.ADMINISTRATOR.value])


def _require_fit(office: str | None, roles: frozenset[Role]) -> None:
    """Clerks belong to an office that exists, residents to none."""
    if not roles or (Role.RESIDENT in roles and len(roles) > 1):
        raise NoRoles
    if Role.RESIDENT not in roles and (not office or organization.office(office) is None):
        raise NoOffice(office=(office or "—")[:100])


def _require_not_oneself(username: str, by: Actor) -> None:
    if by.name == f"account/{username}":
        raise NotOneself


def _lock_administrators() -> set[str]:
    """Their names; two who close each other's accounts at once wait for one another here, before any other lock."""
    return set(_administrators().select_for_update().order_by("id").values_list("username", flat=True))


def _require_another(administrators: set[str], username: str) -> None:
    if administrators == {username}:
        raise LastAdministrator
