"""Other nodes, and the calls that they answered (互联节点)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoSuchPeer
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.types import Peer, PeerDeclaration, RoutedCall
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import queries as audit

BACK = timedelta(days=1)
BACK_DAYS = 7
MOST_FAILURES = 200  # looked at for one interface
FAILURES = ("exchange.node_down", "exchange.answer_unproven")


@dataclass(frozen=True)
class PeerActivity:
    """What went to and fro with another node: from here in the last day, to here in the last week.

    `failed` are calls that it did not answer, or not with its signature; `disputed` those that its audit log denies.
    """

    interfaces: tuple[str, ...] = ()
    answered: int = 0
    failed: int = 0
    disputed: int = 0
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    called: int = 0
    called_on: date | None = None


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


def peer_activity(*, at: datetime) -> dict[str, PeerActivity]:
    """By node; nodes with which nothing ever went are left out. One statement more for each interface served elsewhere."""
    ways = _ways()
    answered = {row["node"]: row for row in _answered(at)}
    called = {row["subscription__credentials__node__node"]: row for row in _called(at)}
    return {
        node: PeerActivity(
            interfaces=tuple(ways.get(node, ())),
            **_told(answered.get(node), ("answered", "disputed", "answered_at")),
            **_told(called.get(node), ("called", "called_on")),
            **_failures(ways.get(node, ()), at),
        )
        for node in {*ways, *answered, *called}
    }


def routed_calls(
    *, subscription: int | None = None, node: str | None = None, most: int = MOST_ROWS
) -> list[RoutedCall]:
    """Calls that other nodes answered, the newest first."""
    rows = models.RoutedCall.objects.select_related("subscription").order_by("-answered_at", "call")
    if node is not None:
        rows = rows.filter(node=node)
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


def _ways() -> dict[str, list[str]]:
    """The interfaces that each node serves for this one."""
    rows = models.Interface.objects.filter(terms__route__isnull=False).order_by("id")
    found: dict[str, list[str]] = {}
    for interface, node in rows.values_list("id", "terms__route__node"):
        found.setdefault(node, []).append(interface)
    return found


def _answered(at: datetime) -> list[dict[str, Any]]:
    lately = Q(answered_at__gte=at - BACK)
    rows = models.RoutedCall.objects.values("node").annotate(
        answered=Count("call", filter=lately),
        disputed=Count("call", filter=Q(state="disputed")),
        last=Max("answered_at"),
    )
    return [row | {"answered_at": row["last"]} for row in rows.order_by("node")]


def _called(at: datetime) -> list[dict[str, Any]]:
    """Calls by keys that are a node's."""
    first = day_of(at) - timedelta(days=BACK_DAYS - 1)
    rows = models.DailyCount.objects.filter(
        day__gte=first, calls__gt=0, subscription__credentials__node__isnull=False,
        subscription__credentials__revoked_at=None,
    ).values("subscription__credentials__node__node")  # fmt: skip
    counted = rows.annotate(called=Sum("calls"), called_on=Max("day"))
    return [dict(row) for row in counted.order_by("subscription__credentials__node__node")]


def _failures(interfaces: Iterable[str], at: datetime) -> dict[str, Any]:
    """How many calls of the last day the node did not answer, and what became of the last of them."""
    failed = [
        act
        for interface in interfaces
        for act in audit.acts(
            audit.Question(action="exchange.refused", target=f"interface/{interface}"), size=MOST_FAILURES
        )
        if act.facts.get("code") in FAILURES and act.target == f"interface/{interface}"
    ]
    if not failed:
        return {}
    last = max(failed, key=lambda act: act.at)
    lately = sum(act.at >= at - BACK for act in failed)
    return {"failed": lately, "failed_at": last.at, "failure": str(last.facts["code"])}


def _told(row: Mapping[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names} if row else {}


def _peer_of(row: models.Peer) -> Peer:
    return Peer(PeerDeclaration.model_validate(row.declared), trusted=row.distrusted_at is None)
