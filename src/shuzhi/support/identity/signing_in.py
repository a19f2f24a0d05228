"""Signing in (登录): counting attempts, pausing them, lifting a pause, ending sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import F

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import PUBLIC, Actor, Role
from shuzhi.support.identity import models, second_factor
from shuzhi.support.identity.errors import NoSuchAccount, NoSuchPause, SigningInPaused
from shuzhi.support.identity.naming import as_shown
from shuzhi.support.identity.pausing import FORGOTTEN_AFTER, counted

Account = models.Account
LONGEST_NAME = 100
Step = Literal["password", "second"]


@dataclass(frozen=True)
class Pause:
    """A count that pauses attempts now."""

    id: int
    kind: str
    account: str
    address: str
    failures: int
    until: datetime


def sign_in(
    *, username: str, address: str, at: datetime, authenticate: Callable[[], models.Account | None]
) -> models.Account | None:
    """The account, if the password is right; None if not. `authenticate` looks at the password.

    The same is said, written and waited for whether or not there is such an account. An account with a second factor is
    not signed in yet: its attempts stay counted against it until `sign_in_with_code`.

    Raises:
        SigningInPaused: too many attempts failed; the password is not looked at, a right one neither.
    """
    account = _attempt(username, address, lambda: _in_use(authenticate(), at), at=at)
    if account is None:
        return None
    if second_factor.is_on(account.username):
        _take_back(_keys(username, address))
        audit.record(
            "identity.password_accepted", target=_target(username), by=PUBLIC, at=at, address=address
        )
    else:
        _succeed(username, address, at=at)
    return account


def sign_in_with_code(*, username: str, address: str, code: str, at: datetime) -> models.Account | None:
    """The account whose password was right just now, if the code of its second factor is right too; None if not.

    Raises:
        SigningInPaused: too many attempts failed.
    """

    def check() -> models.Account | None:
        is_right = second_factor.take(username=username, code=code, at=at)
        return _in_use(account_in_use(username), at) if is_right else None

    account = _attempt(username, address, check, at=at)
    if account is not None:
        _succeed(username, address, at=at, second="code")
    return account


def account_in_use(username: str) -> Account | None:
    """The account of that name, unless it is closed."""
    return models.Account.objects.filter(username=username, is_active=True).first()


def _in_use(account: models.Account | None, at: datetime) -> models.Account | None:
    """The account, unless its time is over."""
    return account if account is not None and account.is_in_use(at) else None


def steps_left(account: models.Account) -> tuple[Step, ...]:
    """What somebody whose password and code were right does before they are signed in."""
    roles = frozenset(Role(role) for role in account.roles)
    choosing: tuple[Step, ...] = ("password",) if account.must_choose else ()
    is_missing = second_factor.is_needed(roles) and not second_factor.is_on(account.username)
    return (*choosing, "second") if is_missing else choosing


def pauses(*, by: Actor, at: datetime) -> list[Pause]:
    """What is paused now, the longest first."""
    policy.require("identity.lift_pause", by=by)
    rows = models.SignInCount.objects.filter(until__gt=at).order_by("-until", "id")[:200]
    return [
        Pause(row.id, row.kind, row.account, row.address, row.failures, row.until)
        for row in rows
        if row.until is not None
    ]


@transaction.atomic
def lift_pause(*, pause: int, by: Actor, at: datetime) -> None:
    """Let attempts through again before the time is over.

    Raises:
        NoSuchPause: it is over already.
        Forbidden: only an administrator lifts pauses.
    """
    policy.require("identity.lift_pause", by=by)
    row = models.SignInCount.objects.select_for_update().filter(id=pause).first()
    if row is None:
        raise NoSuchPause(pause=pause)
    row.delete()
    audit.record(
        "identity.pause_lifted", target=_target(row.account), by=by, at=at, kind=row.kind, address=row.address
    )


@transaction.atomic
def end_sessions(*, username: str, by: Actor, at: datetime) -> None:
    """Sign somebody out everywhere: every session that has begun ends with its next request.

    Raises:
        NoSuchAccount: there is none of that name.
        Forbidden: others' sessions are ended by an administrator only.
    """
    if by.name != f"account/{username}":
        policy.require("identity.end_sessions", by=by)
    if not models.Account.objects.filter(username=username).update(session_round=F("session_round") + 1):
        raise NoSuchAccount(username=username)
    models.SignedIn.objects.filter(account=username).delete()
    audit.record("identity.sessions_ended", target=f"account/{username}", by=by, at=at)


def forget_old(*, at: datetime) -> int:
    """Remove counts that no longer count."""
    return models.SignInCount.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()[0]


def _attempt(
    username: str, address: str, look: Callable[[], models.Account | None], *, at: datetime
) -> models.Account | None:
    """Count an attempt, then look; what failed is written."""
    counts = _keys(username, address)
    with transaction.atomic():
        rows = [_row(kind, key, username, address) for kind, key in counts]
        paused = [row.until for row in rows if row.until and row.as_count().is_paused(at)]
        if not paused:
            for row in rows:
                row.take(counted(row.as_count(), kind=row.kind, at=at))
                row.save()
    if paused:
        _note(username, address, "refused", at=at, rule="paused")
        raise SigningInPaused(minutes=-(-int((max(paused) - at).total_seconds()) // 60))
    account = look()
    if account is None:
        _note(username, address, "refused", at=at)
        _note_new_pauses(username, address, rows, at=at)
    return account


def _succeed(username: str, address: str, *, at: datetime, **facts: str) -> None:
    _forget(_keys(username, address))
    _note(username, address, "done", at=at, **facts)


def _keys(username: str, address: str) -> list[tuple[str, str]]:
    """Kind and key of the three counts, always locked in this order. Names of any length become keys of one."""
    name = hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return [("account", name), ("pair", f"{name}@{address}"), ("address", address)]


def _row(kind: str, key: str, username: str, address: str) -> models.SignInCount:
    models.SignInCount.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "account": "" if kind == "address" else as_shown(username)[:LONGEST_NAME],
            "address": "" if kind == "account" else address,
        },
    )
    return models.SignInCount.objects.select_for_update().get(kind=kind, key=key)


def _forget(counts: list[tuple[str, str]]) -> None:
    """Who is signed in clears what is counted of the account; of the address this attempt is taken back."""
    for kind, key in counts:
        if kind != "address":
            models.SignInCount.objects.filter(kind=kind, key=key).delete()
    _take_back(counts)


def _take_back(counts: list[tuple[str, str]]) -> None:
    """An attempt that was right counts nothing against its address, which a whole office may share."""
    for kind, key in counts:
        if kind == "address":
            models.SignInCount.objects.filter(kind=kind, key=key).update(
                failures=F("failures") - 1, until=None
            )


def _note(username: str, address: str, outcome: str, *, at: datetime, **facts: str) -> None:
    target = _target(username)
    by = Actor(name=target if outcome == "done" else PUBLIC.name)
    audit.record("identity.signed_in", target=target, by=by, at=at, outcome=outcome, address=address, **facts)


def _note_new_pauses(username: str, address: str, rows: list[models.SignInCount], *, at: datetime) -> None:
    for row in rows:
        if row.until:
            audit.record(
                "identity.paused", target=_target(username), by=PUBLIC, at=at, outcome="refused", kind=row.kind,
                address=address, failures=row.failures, until=row.until.isoformat(),
            )  # fmt: skip


def _target(username: str) -> str:
    return f"account/{as_shown(username)[:LONGEST_NAME]}"
