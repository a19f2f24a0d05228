"""Sessions (在线会话): one's own, from where and since when; ending one; and their end when nobody uses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import models

SEEN = "seen"  # in the session: seconds since 1970 of a request of the last minute
EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A session of an account; `is_this` is the one that asks."""

    id: int
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    is_this: bool


def begin(session: SessionBase, *, username: str, address: str, browser: str, at: datetime) -> None:
    """Keep that a session begins, after the sign-in gave it its number."""
    session[SEEN] = int(at.timestamp())
    if session.session_key is None:
        session.create()
    models.SignedIn.objects.update_or_create(
        session=session.session_key,
        defaults={
            "account": username, "began_at": at, "seen_at": at, "address": address[:60], "browser": browser[:200],
        },
    )  # fmt: skip


def is_left(session: SessionBase, *, idle: timedelta, at: datetime) -> bool:
    """Whether a session was left unused for too long; else it is kept as used now. One that never said is not."""
    seen = session.get(SEEN)
    if not isinstance(seen, int):
        return False
    past = at - datetime.fromtimestamp(seen, tz=at.tzinfo)
    if past >= idle:
        return True
    if past >= EVERY:
        session[SEEN] = int(at.timestamp())
        models.SignedIn.objects.filter(session=session.session_key).update(seen_at=at)
    return False


def sessions_of(*, by: Actor, current: str | None, at: datetime, idle: timedelta) -> list[Session]:
    """One's own sessions, the one used last first."""
    rows = models.SignedIn.objects.filter(account=_name(by), seen_at__gt=at - idle - EVERY)
    return [
        Session(row.id, row.began_at, row.seen_at, row.address, row.browser, row.session == current)
        for row in rows.order_by("-seen_at", "-id")[:50]
    ]


@transaction.atomic
def end_session(*, session: int, by: Actor, at: datetime) -> bool:
    """End one of one's own sessions; False where it is over, or somebody else's."""
    row = models.SignedIn.objects.filter(id=session, account=_name(by)).first()
    if row is None:
        return False
    SessionStore(row.session).delete()
    row.delete()
    audit.record("identity.session_ended", target=by.name, by=by, at=at, address=row.address)
    return True


def forget(session: SessionBase) -> None:
    """A session that ends is in nobody's list."""
    models.SignedIn.objects.filter(session=session.session_key).delete()


def forget_old(*, before: datetime) -> int:
    """Remove what is kept of sessions that are over."""
    return models.SignedIn.objects.filter(seen_at__lt=before).delete()[0]


def _name(by: Actor) -> str:
    return by.name.removeprefix("account/")
