"""Third parties' access (第三方访问): a vendor's account or key with purpose, sponsor, scope and an end.

The end is kept where it is asked at each request: an account is nobody's from its minute on, whether or not the worker
runs. The worker then closes what is over: the account with its sessions, the subscription with its key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from shuzhi.business.secops import models
from shuzhi.business.secops.errors import (
    AccessIncomplete,
    AccessTooLong,
    NoSuchAccess,
    NotForThirdParties,
    SponsorMissing,
)
from shuzhi.business.secops.types import Access
from shuzhi.data.exchange import queries as subscriptions
from shuzhi.data.exchange import services as exchange
from shuzhi.data.exchange.types import SubscriptionStatus
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import accounts, signing_in
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity import services as identities

LONGEST = timedelta(days=366)
REVIEWED_EVERY = timedelta(days=90)
ALLOWED_ROLES = frozenset({Role.DATA_OFFICER})
# The bureau decided the end when it gave the access; this is its hand at that minute.
BUREAU = Actor("system/secops", "安全运营", "data-bureau", roles=frozenset({Role.BUREAU}))
log = structlog.get_logger(__name__)


@transaction.atomic
def open_vendor_account(
    *, username: str, person: str, roles: frozenset[Role], vendor: str, contact: str, purpose: str, scope: str,
    sponsor: str, office: str, until: datetime, by: Actor, at: datetime,
) -> tuple[Access, str]:  # fmt: skip
    """Open a vendor's account for a time; returns the access and the password for the first time.

    Raises:
        AccessIncomplete, AccessTooLong, SponsorMissing: what an access must say is not said.
        NotForThirdParties: a third party administers and decides nothing.
        AccountThere, NameNotAllowed: the account can't be opened under that name.
        Forbidden: only administrators open accounts.
    """
    if not roles or roles - ALLOWED_ROLES:
        raise NotForThirdParties(roles="、".join(sorted(roles - ALLOWED_ROLES)) or "–")
    password = accounts.open_new(username=username, person=person, office=office, roles=roles, by=by, at=at)
    access = grant_access(
        holder=f"account/{username}", vendor=vendor, contact=contact, purpose=purpose, scope=scope,
        sponsor=sponsor, office=office, until=until, by=by, at=at,
    )  # fmt: skip
    return access, password


@transaction.atomic
def grant_access(
    *, holder: str, vendor: str, contact: str, purpose: str, scope: str, sponsor: str, office: str,
    until: datetime, by: Actor, at: datetime,
) -> Access:  # fmt: skip
    """Put an account or a granted subscription under the rules of third-party access, with its end.

    Raises:
        AccessIncomplete, AccessTooLong, SponsorMissing: what an access must say is not said.
        NoSuchAccount, NoSuchSubscription: there is no such holder.
        Forbidden: it is not the actor's to give.
    """
    policy.require("secops.grant_access", by=by)
    said = {"vendor": vendor, "contact": contact, "purpose": purpose, "scope": scope}
    missing = [name for name, text in said.items() if not text.strip()]
    if missing:
        raise AccessIncomplete(missing="、".join(missing))
    if not at < until <= at + LONGEST:
        raise AccessTooLong(days=LONGEST.days, until=until.isoformat(timespec="minutes"))
    answering = identity.actor(sponsor.removeprefix("account/"))
    if answering is None or not answering.office or answering.name == holder:
        raise SponsorMissing(sponsor=sponsor)
    _limit(holder, until, by=by, at=at)
    row = models.ThirdPartyAccess.objects.create(
        holder=holder, sponsor=answering.name, office=office, since=at, until=until, granted_by=by.name,
        reviewed_at=at, reviewed_by=by.name, **{name: text.strip() for name, text in said.items()},
    )  # fmt: skip
    audit.record(
        "secops.access_granted", target=f"access/{row.id}", by=by, at=at, holder=holder, vendor=vendor,
        sponsor=answering.name, until=until.isoformat(),
    )  # fmt: skip
    return value_of(row)


@transaction.atomic
def review_access(*, access: int, by: Actor, at: datetime) -> Access:
    """The access is still needed as it is (复核)."""
    policy.require("secops.grant_access", by=by)
    row = _open(access)
    row.reviewed_at, row.reviewed_by = at, by.name
    row.save(update_fields=["reviewed_at", "reviewed_by"])
    audit.record("secops.access_reviewed", target=f"access/{access}", by=by, at=at)
    return value_of(row)


@transaction.atomic
def end_access(*, access: int, why: str, by: Actor, at: datetime) -> Access:
    """End an access before its time: account and sessions, or subscription and key, at once.

    Raises:
        NoSuchAccess: there is none, or it has ended.
        Forbidden: it is not the actor's to end.
    """
    policy.require("secops.grant_access", by=by)
    row = _open(access)
    _cut(row, by=by, at=at, why=why.strip() or "提前终止 Ended early")
    return value_of(row)


def end_expired(*, by: Actor, at: datetime) -> int:
    """End what is over; each on its own, so that one that resists holds up no other."""
    policy.require("secops.scan", by=by)
    ended = 0
    for number in models.ThirdPartyAccess.objects.filter(ended_at=None, until__lte=at).values_list(
        "id", flat=True
    ):
        try:
            with transaction.atomic():
                _cut(_open(number), by=by, at=at, why="到期自动终止 Ended with its period")
                ended += 1
        except NoSuchAccess:
            continue  # somebody else was faster
        except PlatformError as refusal:
            log.exception("secops.access_not_ended", access=number, reason=refusal.code)
    return ended


def accesses(*, open_only: bool = False, most: int = 200) -> list[Access]:
    """Accesses, those still open first, the next to end first."""
    rows = models.ThirdPartyAccess.objects.all()
    live = list(rows.filter(ended_at=None).order_by("until", "id")[:most])
    past = (
        []
        if open_only
        else list(rows.exclude(ended_at=None).order_by("-ended_at", "-id")[: most - len(live)])
    )
    return [value_of(row) for row in (*live, *past)]


def unreviewed(*, at: datetime) -> int:
    """How many open accesses nobody has looked at for a quarter."""
    return models.ThirdPartyAccess.objects.filter(ended_at=None, reviewed_at__lt=at - REVIEWED_EVERY).count()


def overdue(*, at: datetime) -> int:
    """How many are over and not ended: the worker does not run, or something resists."""
    late = at - timedelta(minutes=5)
    return models.ThirdPartyAccess.objects.filter(ended_at=None, until__lt=late).count()


def value_of(row: models.ThirdPartyAccess) -> Access:
    """An access as pages see it."""
    names: Iterable[str] = Access.__dataclass_fields__
    return Access(**{name: getattr(row, name) for name in names})


def _open(access: int) -> models.ThirdPartyAccess:
    row = models.ThirdPartyAccess.objects.select_for_update().filter(id=access, ended_at=None).first()
    if row is None:
        raise NoSuchAccess(access=access)
    return row


def _limit(holder: str, until: datetime, *, by: Actor, at: datetime) -> None:
    """Keep the end where each request asks; a subscription's key is cut by the worker."""
    kind, _, name = holder.partition("/")
    if kind == "account":
        identities.limit_account(username=name, until=until, by=by, at=at)
    elif kind == "subscription" and name.isascii() and name.isdecimal():
        subscriptions.subscription(int(name))
    else:
        raise AccessIncomplete(missing="account/… | subscription/…")


def _cut(row: models.ThirdPartyAccess, *, by: Actor, at: datetime, why: str) -> None:
    kind, _, name = row.holder.partition("/")
    if kind == "account":
        hand = by if policy.allows("identity.close_account", by=by) else _system_hand(by)
        identities.close_account(username=name, by=hand, at=at)
        signing_in.end_sessions(username=name, by=hand, at=at)
    elif subscriptions.subscription(int(name)).status is SubscriptionStatus.GRANTED:
        exchange.revoke_subscription(
            subscription=int(name), by=by if by.has(Role.BUREAU) else BUREAU, at=at, reason=why
        )
    row.ended_at, row.ended_why = at, why[:500]
    row.save(update_fields=["ended_at", "ended_why"])
    audit.record(
        "secops.access_ended", target=f"access/{row.id}", by=by, at=at, holder=row.holder, why=row.ended_why
    )


def _system_hand(by: Actor) -> Actor:
    """Who may end an access may have the platform close its account; the entry says in whose name."""
    return Actor("system/secops", by.title, by.office, roles=frozenset({Role.SYSTEM}))
