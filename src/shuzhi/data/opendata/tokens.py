"""Keys for programs of owners (接口令牌): shown once, kept as a hash, never stronger than the account they stand for."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.data.opendata import models
from shuzhi.data.opendata.errors import NoSuchToken, TokenTooLong
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.identity import queries as identity

PREFIX = "szo_"
MOST_DAYS = 366


@dataclass(frozen=True)
class Token:
    """A token as its owner sees it; `secret` is there at the moment of issue only."""

    id: str
    account: str
    title: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    secret: str = ""


@transaction.atomic
def issue_token(*, title: str, days: int, by: Actor, at: datetime) -> Token:
    """Make a token for one's own account.

    Raises:
        Forbidden: the account writes no open data.
        TokenTooLong: it would hold for more than a year.
    """
    policy.require("opendata.write", by=by, office=by.office)
    if not 0 < days <= MOST_DAYS:
        raise TokenTooLong(days=days, most=MOST_DAYS)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = models.Token.objects.create(
        account=by.name.removeprefix("account/"),
        title=title[:100],
        digest=_digest(secret),
        issued_at=at,
        expires_at=at + timedelta(days=days),
    )
    audit.record("opendata.token_issued", target=f"token/{row.pk}", by=by, at=at, days=days)
    return _value(row, secret)


@transaction.atomic
def revoke_token(*, token: str, by: Actor, at: datetime) -> None:
    """End one's own token, with effect on the next call.

    Raises:
        NoSuchToken: it is none of theirs, or it has ended.
    """
    mine = models.Token.objects.filter(account=by.name.removeprefix("account/"), revoked_at=None)
    if not token.isdecimal() or len(token) > 18 or not mine.filter(pk=token).update(revoked_at=at):  # noqa: PLR2004
        raise NoSuchToken(token=token[:20])
    audit.record("opendata.token_revoked", target=f"token/{token}", by=by, at=at)


def tokens(by: Actor, *, at: datetime) -> list[Token]:
    """The actor's tokens that still hold."""
    rows = models.Token.objects.filter(
        account=by.name.removeprefix("account/"), revoked_at=None, expires_at__gt=at
    )
    return [_value(row) for row in rows.order_by("-issued_at", "-id")]


def actor_of(secret: str, *, at: datetime) -> Actor:
    """Who calls with this token, with the rights of now; the public where it is none that holds."""
    if not secret.startswith(PREFIX):
        return PUBLIC
    row = models.Token.objects.filter(digest=_digest(secret), revoked_at=None, expires_at__gt=at).first()
    if row is None:
        return PUBLIC
    if row.used_at is None or at - row.used_at > timedelta(
        minutes=5
    ):  # a stroke now and then, not one a call
        models.Token.objects.filter(pk=row.pk).update(used_at=at)
    return identity.actor(row.account) or PUBLIC


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _value(row: models.Token, secret: str = "") -> Token:
    return Token(str(row.pk), row.account, row.title, row.issued_at, row.expires_at, row.used_at, secret)
