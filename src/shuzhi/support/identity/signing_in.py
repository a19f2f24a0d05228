"""Signing in (登录): counting attempts, pausing them, lifting a pause, ending sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.identity import models
from shuzhi.support.identity.errors import NoSuchAccount, NoSuchPause, SigningInPaused
from shuzhi.support.identity.naming import as_shown
from shuzhi.support.identity.pausing import FORGOTTEN_AFTER, Count, counted

LONGEST_NAME = 100


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

    The same is said, written and waited for whether or not there is such an account.

    Raises:
        SigningInPaused: too many attempts failed; the password is not looked at, a right one neither.
    """
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
    account = authenticate()
    if account is None:
        _note(username, address, "refused", at=at)
        _note_new_pauses(username, address, rows, at=at)
        return None
    _forget(counts)
    _note(username, address, "done", at=at)
    return account


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
    audit.record("identity.sessions_ended", target=f"account/{username}", by=by, at=at)


def forget_old(*, at: datetime) -> int:
    """Remove counts that no longer count."""
    return models.SignInCount.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()[0]


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
    """A right password clears what is counted of its account; of the address it takes this attempt back."""
    for kind, key in counts:
        row = models.SignInCount.objects.filter(kind=kind, key=key)
        if kind == "address":
            row.update(failures=F("failures") - 1, until=None)
        else:
            row.delete()


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


__all__ = ["Count", "Pause", "end_sessions", "forget_old", "lift_pause", "pauses", "sign_in"]
