"""Other nodes, and the calls that they answered (互联节点)."""

from __future__ import annotations

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import NoSuchPeer
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.types import Peer, PeerDeclaration, RoutedCall


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
