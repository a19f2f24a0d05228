"""Who may act for whom, read anew each time: an ended delegation opens nothing from that moment on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from shuzhi.foundation.clock import day_of
from shuzhi.support.identity import models
from shuzhi.support.identity.delegation.errors import NoSuchDelegation, NotActing
from shuzhi.support.identity.delegation.types import Delegation, Kind, Scope, State

Identity = tuple[str, str]


def may_act_for(account: str, subject: str, matter: str | None, at: datetime) -> bool:
    """Whether an account may act for somebody in a matter at a moment.

    `account` is `account/NAME` or the name; `subject` is `account/…`, `resident_id/…`, `uscc/…`, or a bare number.
    Everybody acts for themselves and for the firm that they have proven. Without a matter only a delegation of all
    matters counts.
    """
    username = account.removeprefix("account/")
    wanted = identities(subject)
    if not wanted or not _in_use(username):
        return False
    if wanted & identities(f"account/{username}"):
        return True
    day = day_of(at)
    return any(_covers(row, matter) for row in _held(username, wanted, day) if _giver_stands(row))


def delegation(number: int, *, account: str, at: datetime) -> Delegation:
    """A delegation that is in force and this account's.

    Raises:
        NotActing: it is somebody else's, not accepted, over, or ended.
    """
    username = account.removeprefix("account/")
    row = models.Delegation.objects.filter(id=number, delegate=username).first()
    if row is None or not _in_use(username) or not _giver_stands(row):
        raise NotActing
    found = delegation_of(row, day_of(at))
    if found.state is not State.IN_FORCE:
        raise NotActing
    return found


def held(account: str, at: datetime) -> list[Delegation]:
    """What others gave an account, in force first."""
    rows = models.Delegation.objects.filter(delegate=account.removeprefix("account/"))
    return _sorted(rows.order_by("-id")[:100], at)


def given(account: str, at: datetime) -> list[Delegation]:
    """What an account gave, or was noted for the person or firm that it is."""
    rows = _of_principal(account)
    return _sorted(rows.order_by("-id")[:100], at)


def one(number: int, *, account: str, at: datetime) -> Delegation:
    """A delegation that an account gave or holds.

    Raises:
        NoSuchDelegation: there is none, or it concerns others.
    """
    mine = Q(delegate=account.removeprefix("account/")) | Q(id__in=_of_principal(account).values("id"))
    row = models.Delegation.objects.filter(mine, id=number).first()
    if row is None:
        raise NoSuchDelegation
    return delegation_of(row, day_of(at))


def identities(subject: str) -> set[Identity]:
    """The ways in which a person or firm is named: an account is also whoever it has proven to be."""
    scheme, slash, value = subject.strip().partition("/")
    if not slash:
        return {("resident_id", scheme.upper()), ("uscc", scheme.upper())} if scheme else set()
    if scheme != "account":
        return {(scheme, value.strip().upper())} if value.strip() else set()
    proven = models.Proof.objects.filter(account=value).values_list("scheme", "value")
    return {("account", value), *proven} if value else set()


def is_of(row: models.Delegation, account: str) -> bool:
    """Whether a delegation concerns the person or firm that an account is."""
    return (row.scheme, row.value) in identities(f"account/{account.removeprefix('account/')}")


def delegation_of(row: models.Delegation, day: date) -> Delegation:
    """A row as pages see it."""
    return Delegation(
        id=row.id, kind=Kind(row.kind), state=_state(row, day), scheme=row.scheme, value=row.value, title=row.title,
        delegate=row.delegate, delegate_name=row.delegate_name,
        scope=Scope(row.since, row.until, tuple(row.matters)), given_at=row.given_at,
        accepted_at=row.accepted_at, ended_at=row.ended_at,
    )  # fmt: skip


def _held(username: str, wanted: set[Identity], day: date) -> list[models.Delegation]:
    asked = Q()
    for scheme, value in wanted:
        asked |= Q(scheme=scheme, value=value)
    rows = models.Delegation.objects.filter(
        asked,
        delegate=username,
        accepted_at__isnull=False,
        ended_at__isnull=True,
        since__lte=day,
        until__gte=day,
    )
    return list(rows.order_by("id"))


def _covers(row: models.Delegation, matter: str | None) -> bool:
    return not row.matters or (matter is not None and matter in row.matters)


def _giver_stands(row: models.Delegation) -> bool:
    """An agent's principal whose account was closed has no agents; firms and wards don't hang on who wrote it down."""
    return row.kind != Kind.AGENT or _in_use(row.giver.removeprefix("account/"))


def _in_use(username: str) -> bool:
    return models.Account.objects.filter(username=username, is_active=True).exists()


def _of_principal(account: str) -> Any:
    asked = Q(
        giver=f"account/{account.removeprefix('account/')}", kind__in=[Kind.AGENT.value, Kind.CLERK.value]
    )
    for scheme, value in identities(f"account/{account.removeprefix('account/')}"):
        asked |= Q(scheme=scheme, value=value)
    return models.Delegation.objects.filter(asked)


def _state(row: models.Delegation, day: date) -> State:
    if row.ended_at is not None:
        return State.ENDED
    if day > row.until:
        return State.EXPIRED
    if row.accepted_at is None:
        return State.OFFERED
    return State.NOT_YET if day < row.since else State.IN_FORCE


def _sorted(rows: Any, at: datetime) -> list[Delegation]:
    order = list(State)
    found = [delegation_of(row, day_of(at)) for row in rows]
    return sorted(found, key=lambda each: order.index(each.state))
