"""JSON end points of interfaces and subscriptions (接口与订阅). Approvals are steps of the dossier: see the workflow's."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import (
    CallCount,
    Credential,
    DeadEvent,
    Interface,
    InterfaceStatus,
    StreamState,
    Subscription,
)
from shuzhi.foundation.clock import now
from shuzhi.foundation.paging import PageNumber
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Grade

router = Router(tags=["exchange"])


class SubscriptionIn(Schema):
    """A request to use an interface, in the name of the reader's own office."""

    interface: str
    purpose: str
    basis: str
    since: date
    until: date
    daily_quota: int
    fields: tuple[str, ...] = ()
    clearance: Grade | None = None
    version: int | None = None
    endpoint: str = ""


class EndingIn(Schema):
    """A version's last day, and what to use instead."""

    version: int
    sunset_on: date
    successor: int | None = None


class VersionIn(Schema):
    """The version to go over to."""

    version: int


class EventsOut(Schema):
    """How the events of a subscription stand, and those that never arrived."""

    stream: StreamState
    dead: list[DeadEvent]


class ReasonIn(Schema):
    """Why a right is taken back."""

    reason: str


@router.get("/interfaces", response=list[Interface])
@requires("exchange.read")
def read_interfaces(request: HttpRequest, status: InterfaceStatus | None = None) -> list[Interface]:
    """Interfaces by id."""
    del request
    return queries.interfaces(status=status)


@router.get("/interfaces/{interface}", response=Interface)
@requires("exchange.read")
def read_interface(request: HttpRequest, interface: str) -> Interface:
    """One interface."""
    del request
    return queries.interface(interface)


@router.post("/interfaces/{interface}/publish", response=Interface)
@requires("exchange.publish")
def publish_interface(request: HttpRequest, interface: str) -> Interface:
    """Publish an interface, or its changed version."""
    return services.publish_interface(interface=interface, by=_actor(request), at=now())


@router.post("/interfaces/{interface}/withdraw", response=Interface)
@requires("exchange.publish")
def withdraw_interface(request: HttpRequest, interface: str, given: ReasonIn) -> Interface:
    """Stop serving an interface."""
    return services.withdraw_interface(interface=interface, by=_actor(request), at=now(), reason=given.reason)


@router.post("/interfaces/{interface}/deprecate", response=Interface)
@requires("exchange.publish")
def deprecate_version(request: HttpRequest, interface: str, given: EndingIn) -> Interface:
    """Announce that a version is served for the last time on a day."""
    return services.deprecate_version(interface=interface, **given.dict(), by=_actor(request), at=now())


@router.post("/interfaces/{interface}/sandbox", response=Credential)
@requires("exchange.sandbox")
def issue_sandbox_key(request: HttpRequest, interface: str, version: int | None = None) -> Credential:
    """Get a sandbox key for the reader's office; the secret is shown only now."""
    actor = _actor(request)
    return services.issue_sandbox_key(
        interface=interface, office=actor.office or "", version=version, by=actor, at=now()
    )


@router.get("/subscriptions/{subscription}/events", response=EventsOut)
@requires("exchange.read")
def read_events(request: HttpRequest, subscription: int) -> dict[str, object]:
    """How the events of a subscription stand, for both sides of it."""
    queries.readable_subscription(subscription, actor=_actor(request))
    return {"stream": queries.stream(subscription), "dead": queries.dead_events(subscription)}


@router.post("/subscriptions/{subscription}/redeliver", response=EventsOut)
@requires("exchange.redeliver")
def redeliver_events(request: HttpRequest, subscription: int) -> dict[str, object]:
    """Push again whatever never arrived."""
    services.redeliver_events(subscription=subscription, by=_actor(request), at=now())
    return {"stream": queries.stream(subscription), "dead": queries.dead_events(subscription)}


@router.post("/subscriptions/{subscription}/version", response=Subscription)
@requires("exchange.request")
def change_version(request: HttpRequest, subscription: int, given: VersionIn) -> Subscription:
    """Go over to another version under the same approval."""
    return services.change_version(
        subscription=subscription, version=given.version, by=_actor(request), at=now()
    )


@router.get("/subscriptions", response=list[Subscription])
@requires("exchange.read")
def read_subscriptions(
    request: HttpRequest, interface: str | None = None, page: PageNumber = 1
) -> list[Subscription]:
    """The reader's office's subscriptions; all of them for the bureau, leaders and administrators."""
    return queries.subscriptions(office=_own_office(request), interface=interface, page=page)


@router.post("/subscriptions", response=Subscription)
@requires("exchange.request")
def request_subscription(request: HttpRequest, wanted: SubscriptionIn) -> Subscription:
    """Ask for the use of an interface."""
    actor = _actor(request)
    return services.request_subscription(**wanted.dict(), office=actor.office or "", by=actor, at=now())


@router.get("/subscriptions/{subscription}", response=Subscription)
@requires("exchange.read")
def read_subscription(request: HttpRequest, subscription: int) -> Subscription:
    """One subscription of which the reader's office is a side."""
    return queries.readable_subscription(subscription, actor=_actor(request))


@router.post("/subscriptions/{subscription}/credential", response=Credential)
@requires("exchange.collect")
def collect_credential(request: HttpRequest, subscription: int) -> Credential:
    """Collect the credential of an approved subscription; the secret is shown only now."""
    return services.grant(subscription=subscription, by=_actor(request), at=now())


@router.post("/subscriptions/{subscription}/credential/renew", response=Credential)
@requires("exchange.collect")
def renew_credential(request: HttpRequest, subscription: int) -> Credential:
    """Replace a credential that was lost or leaked."""
    return services.renew_credential(subscription=subscription, by=_actor(request), at=now())


@router.post("/subscriptions/{subscription}/revoke", response=Subscription)
@requires("exchange.revoke")
def revoke_subscription(request: HttpRequest, subscription: int, given: ReasonIn) -> Subscription:
    """Take the right back, at once."""
    return services.revoke_subscription(
        subscription=subscription, by=_actor(request), at=now(), reason=given.reason
    )


@router.get("/calls", response=list[CallCount])
@requires("exchange.read")
def read_calls(
    request: HttpRequest, since: date, until: date, interface: str | None = None
) -> list[CallCount]:
    """Calls by day and subscription; an office sees its own."""
    return queries.calls_per_day(since=since, until=until, interface=interface, office=_own_office(request))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _own_office(request: HttpRequest) -> str | None:
    actor = _actor(request)
    return None if actor.has(*queries.OVERSEERS) else actor.office or ""
