from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import (
    NoStream,
    NoSuchInterface,
    NoSuchJob,
    NoSuchPeer,
    NoSuchSubscription,
    NoSuchVersion,
)
from shuzhi.data.exchange.gateway.scopes import ADMITS, SCOPE, compile_scope
from shuzhi.data.exchange.gateway.terms import Grant, Terms, read_terms, sandboxed
from shuzhi.data.exchange.types import (
    CallCount,
    DeadEvent,
    EventState,
    Interface,
    InterfaceDeclaration,
    InterfaceKind,
    InterfaceStatus,
    InterfaceVersion,
    Job,
    JobState,
    Peer,
    PeerDeclaration,
    RoutedCall,
    RowLimit,
    StreamState,
    Subscription,
    SubscriptionStatus,
)
from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Grade, Role

MOST_ROWS = 200
IS_IN_SCOPE = f"""
SELECT 1 FROM (SELECT %s AS scope) w {SCOPE}
JOIN registers_entity e ON e.register = %s AND e.id = %s WHERE {ADMITS}
"""  # noqa: S608 - of constants only
OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR, Role.SYSTEM)


def interfaces(*, status: InterfaceStatus | None = None, owner: str | None = None) -> list[Interface]:
    """Interfaces by id."""
    rows = models.Interface.objects.order_by("id").prefetch_related("former")
    if status is not None:
        rows = rows.filter(status=status.value)
    if owner is not None:
        rows = rows.filter(owner=owner)
    return [interface_of(row) for row in rows]


def interface(interface: str) -> Interface:
    """One interface.

    Raises:
        NoSuchInterface: there is none of this id.
    """
    row = models.Interface.objects.filter(id=interface).prefetch_related("former").first()
    if row is None:
        raise NoSuchInterface(interface=interface)
    return interface_of(row)


def version(interface: Interface, number: int | None = None) -> InterfaceVersion:
    """One version of an interface that is served, the newest without a number.

    Raises:
        NoSuchVersion: there is none of this number, or none at all.
    """
    for one in interface.versions:
        if number is None or one.number == number:
            return one
    raise NoSuchVersion(interface=interface.id, version=number or interface.declaration.version)


def subscriptions(
    *,
    office: str | None = None,
    owner: str | None = None,
    interface: str | None = None,
    concerning: str | None = None,
    statuses: Iterable[SubscriptionStatus] | None = None,
    page: int = 1,
    size: int = MOST_ROWS,
) -> list[Subscription]:
    """Subscriptions that fit every condition given, the newest first; two statements, whatever their number.

    `concerning` is an office that uses or provides what is subscribed.
    """
    rows = _fitting(office=office, interface__owner=owner, interface=interface, concerning=concerning)
    if statuses is not None:
        rows = rows.filter(status__in=[status.value for status in statuses])
    first = (page - 1) * size
    return [_subscription_of(row) for row in rows.order_by("-id")[first : first + size]]


def count_subscriptions(*, interface: str | None = None, concerning: str | None = None) -> int:
    """How many subscriptions fit."""
    return _fitting(interface=interface, concerning=concerning).count()


def _fitting(*, concerning: str | None, **wanted: str | None) -> QuerySet[models.Subscription]:
    rows = _subscriptions().filter(**{name: value for name, value in wanted.items() if value is not None})
    if concerning is not None:
        rows = rows.filter(Q(office=concerning) | Q(interface__owner=concerning))
    return rows


def subscription(number: int) -> Subscription:
    """One subscription.

    Raises:
        NoSuchSubscription: there is none of this number.
    """
    row = _subscriptions().filter(id=number).first()
    if row is None:
        raise NoSuchSubscription(subscription=number)
    return _subscription_of(row)


def readable_subscription(number: int, *, actor: Actor) -> Subscription:
    """One subscription, if the reader's office asked for it or owns the interface; overseers read all.

    Raises:
        NoSuchSubscription: there is none of this number.
        Forbidden: it is between other offices.
    """
    found = subscription(number)
    if actor.has(*OVERSEERS) or (actor.office and actor.office in (found.office, found.owner)):
        return found
    raise Forbidden(
        actor=actor.title or actor.name,
        permission=f"read subscription {number}",
        permission_zh=f"查看订阅 {number}",
        reason="it is between other offices",
        reason_zh="属于其他部门之间",
        permission_id="exchange.read",
    )


def subscription_of_dossier(dossier: int) -> Subscription | None:
    """The subscription that a share request's dossier decides on."""
    row = _subscriptions().filter(dossier=dossier).first()
    return _subscription_of(row) if row else None


def job(number: int) -> Job:
    """One job.

    Raises:
        NoSuchJob: there is none of this number.
    """
    row = _jobs().filter(id=number).first()
    if row is None:
        raise NoSuchJob(job=number)
    return _job_of(row)


def jobs(*, subscription: int | None = None, most: int = MOST_ROWS) -> list[Job]:
    """Jobs, the newest first."""
    rows = _jobs() if subscription is None else _jobs().filter(subscription_id=subscription)
    return [_job_of(row) for row in rows.order_by("-id")[:most]]


def open_jobs() -> list[int]:
    """The numbers of the jobs that are not done, in the order in which they were given."""
    rows = _open().exclude(kind=InterfaceKind.WRITE_BACK.value)
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_ROWS])


def has_returns() -> bool:
    """Whether something that was given back waits to be settled."""
    return _open().filter(kind=InterfaceKind.WRITE_BACK.value).exists()


def grant_of(row: models.Subscription) -> Grant:
    """A subscription as the gateway judges it, without a key; for the work that its calls ordered."""
    terms = _terms_of(row)
    return Grant(
        key_id="",
        sealed_secret=b"",
        public_key="",
        key_live=True,
        subscription=row.id,
        status=row.status,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        since=row.since,
        until=row.until,
        daily_quota=row.daily_quota,
        clearance=Grade(row.clearance),
        fields=tuple(row.fields),
        interface=row.interface_id,
        interface_status=row.interface.status,
        terms=terms,
        sandbox=row.sandbox,
        scope=None
        if row.sandbox
        else compile_scope(terms, office=row.office, rows=row.rows, ground=row.ground),
        owner=row.interface.owner,
    )


def peers() -> list[Peer]:
    """Other nodes, by id."""
    return [_peer_of(row) for row in models.Peer.objects.order_by("id")]


def peer(node: str) -> Peer:
    """Another node.

    Raises:
        NoSuchPeer: there is none of this name.
    """
    row = models.Peer.objects.filter(id=node).first()
    if row is None:
        raise NoSuchPeer(node=node)
    return _peer_of(row)


def routed_calls(*, subscription: int | None = None, most: int = MOST_ROWS) -> list[RoutedCall]:
    """Calls that other nodes answered, the newest first."""
    rows = models.RoutedCall.objects.select_related("subscription").order_by("-answered_at", "call")
    if subscription is not None:
        rows = rows.filter(subscription_id=subscription)
    return [
        RoutedCall(
            call=row.call,
            interface=row.subscription.interface_id,
            subscription=row.subscription_id,
            node=row.node,
            status=row.status,
            request_digest=row.request_digest,
            answer_digest=row.answer_digest,
            far_request=row.far_request,
            answered_at=row.answered_at,
            state=row.state,
            receipt=row.receipt,
        )
        for row in rows[:most]
    ]


def _peer_of(row: models.Peer) -> Peer:
    return Peer(PeerDeclaration.model_validate(row.declared), trusted=row.distrusted_at is None)


def is_in_scope(entity: str, grant: Grant) -> bool:
    """Whether a record is among the caller's rows."""
    if grant.scope is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(IS_IN_SCOPE, [grant.scope, grant.terms.register, entity])
        return cursor.fetchone() is not None


def _terms_of(row: models.Subscription) -> Terms:
    """The terms of the version that the subscription is bound to, as the gateway finds them."""
    former = models.FormerVersion.objects.filter(interface=row.interface_id, version=row.version).first()
    text = json.dumps(former.terms if former else row.interface.terms)
    return sandboxed(text) if row.sandbox else read_terms(text)


def stream(subscription: int) -> StreamState:
    """How the events of a subscription stand; two statements.

    Raises:
        NoStream: it is of no events, or was not granted yet.
    """
    rows = models.Stream.objects.select_related("subscription")
    row = rows.filter(subscription=subscription).first()
    if row is None:
        raise NoStream(subscription=subscription)
    counted = models.Event.objects.filter(subscription=subscription).values_list("state")
    counts = dict(counted.annotate(count=Count("id")).order_by())
    return StreamState(
        subscription=subscription,
        interface=row.subscription.interface_id,
        office=row.subscription.office,
        endpoint=row.subscription.endpoint,
        last_seq=row.last_seq,
        waiting=counts.get(EventState.WAITING.value, 0),
        delivered=counts.get(EventState.DELIVERED.value, 0),
        dead=counts.get(EventState.DEAD.value, 0),
        failures=row.failures,
        not_before=row.not_before,
        stopped_at=row.stopped_at,
        problem=row.problem,
        taken_at=row.taken_at,
    )


def dead_events(subscription: int, *, most: int = MOST_ROWS) -> list[DeadEvent]:
    """Events that were given up, in their order, each with how many of its entity wait behind it."""
    rows = models.Event.objects.filter(subscription=subscription)
    dead = rows.filter(state=EventState.DEAD.value).order_by("seq")[:most]
    behind = rows.filter(state=EventState.WAITING.value, entity__in={row.entity for row in dead})
    held = dict(behind.values_list("entity").annotate(count=Count("id")).order_by())
    return [
        DeadEvent(
            subscription=subscription,
            seq=row.seq,
            kind=row.kind,
            entity=row.entity,
            at=row.at,
            attempts=row.attempts,
            problem=row.problem,
            held=held.get(row.entity, 0),
        )
        for row in dead
    ]


def calls_per_day(
    *, since: date, until: date, interface: str | None = None, office: str | None = None
) -> list[CallCount]:
    """Calls that used quota, by day and subscription, the latest day first."""
    rows = models.DailyCount.objects.filter(day__gte=since, day__lte=until).select_related("subscription")
    if interface is not None:
        rows = rows.filter(subscription__interface=interface)
    if office is not None:
        rows = rows.filter(subscription__office=office)
    return [
        CallCount(
            day=row.day,
            subscription=row.subscription_id,
            interface=row.subscription.interface_id,
            office=row.subscription.office,
            calls=row.calls,
        )
        for row in rows.order_by("-day", "subscription_id")
    ]


def share_satisfaction(day: date) -> tuple[frozenset[int], frozenset[int]]:
    """For K15: the dossiers of requests that were granted by the end of the day, and of all requests by then.

    A request that its own office withdrew counts as never made; one revoked or expired later was met.
    """
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    rows = models.Subscription.objects.filter(requested_at__lt=end, sandbox=False)
    asked = rows.exclude(status=SubscriptionStatus.WITHDRAWN.value)
    met = asked.filter(granted_at__lt=end)
    return _dossiers(met), _dossiers(asked)


def undecided_requests(day: date) -> frozenset[int]:
    """The dossiers of requests made by the end of the day on which no word was said until then."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    rows = models.Subscription.objects.filter(requested_at__lt=end, sandbox=False)
    open_then = rows.filter(
        Q(decided_at=None) | Q(decided_at__gte=end), Q(granted_at=None) | Q(granted_at__gte=end)
    )
    return _dossiers(open_then)


def _dossiers(rows: QuerySet[models.Subscription]) -> frozenset[int]:
    return frozenset(number for number in rows.values_list("dossier", flat=True) if number is not None)


def interface_of(row: models.Interface) -> Interface:
    """A table row as the value that other rooms see."""
    return Interface(
        declaration=InterfaceDeclaration.model_validate(row.declared),
        status=InterfaceStatus(row.status),
        revision=row.revision,
        pack=row.pack,
        published_at=row.published_at,
        versions=_versions_of(row),
    )


def _versions_of(row: models.Interface) -> tuple[InterfaceVersion, ...]:
    """The versions that are served, the newest first."""
    served = [(row.served, row.terms, row.published_at)] if row.served else []
    former = sorted(row.former.all(), key=lambda one: -one.version) if row.pk else []
    served += [(one.declared, one.terms, one.published_at) for one in former]
    return tuple(_version_of(*one) for one in served)


def _version_of(declared: Any, terms: Any, published_at: datetime | None) -> InterfaceVersion:
    began, ends = terms.get("deprecated_at"), terms.get("sunset_on")
    return InterfaceVersion(
        declaration=InterfaceDeclaration.model_validate(declared),
        published_at=published_at,
        deprecated_at=datetime.fromisoformat(began) if began else None,
        sunset_on=date.fromisoformat(ends) if ends else None,
        successor=terms.get("successor"),
    )


def _subscriptions() -> QuerySet[models.Subscription]:
    live = models.Credential.objects.filter(revoked_at=None)
    return models.Subscription.objects.select_related("interface").prefetch_related(
        Prefetch("credentials", queryset=live)
    )


def _subscription_of(row: models.Subscription) -> Subscription:
    keys = [credential.key_id for credential in row.credentials.all()]
    return Subscription(
        id=row.id,
        interface=row.interface_id,
        interface_title=InterfaceDeclaration.model_validate(row.interface.declared).title,
        owner=row.interface.owner,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        since=row.since,
        until=row.until,
        daily_quota=row.daily_quota,
        fields=tuple(row.fields),
        clearance=Grade(row.clearance),
        status=SubscriptionStatus(row.status),
        dossier=row.dossier,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_at=row.decided_at,
        key_id=keys[0] if keys else None,
        reason=row.reason,
        rows=RowLimit.model_validate(row.rows) if row.rows else None,
        certificates=tuple(row.certificates),
        version=row.version,
        sandbox=row.sandbox,
        endpoint=row.endpoint,
    )


def _open() -> QuerySet[models.Job]:
    return models.Job.objects.filter(state__in=[JobState.WAITING.value, JobState.WORKING.value])


def _jobs() -> QuerySet[models.Job]:
    return models.Job.objects.select_related("subscription")


def _job_of(row: models.Job) -> Job:
    return Job(
        id=row.id,
        subscription=row.subscription_id,
        interface=row.subscription.interface_id,
        office=row.subscription.office,
        kind=InterfaceKind(row.kind),
        asked=row.asked,
        state=JobState(row.state),
        attempts=row.attempts,
        rows=row.rows,
        size=row.size,
        sha256=row.sha256,
        asked_at=row.asked_at,
        done_at=row.done_at,
        expires_at=row.expires_at,
        problem=Words(zh=row.problem["message_zh"], en=row.problem["message"]) if row.problem else None,
    )
