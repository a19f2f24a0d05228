from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import NoSuchInterface, NoSuchPeer, PeerUnfit
from shuzhi.data.exchange.routing.keys import node_key, written
from shuzhi.data.exchange.services.credentials import granted_row, issue_credential
from shuzhi.data.exchange.types import Credential, InterfaceDeclaration, Peer, PeerDeclaration
from shuzhi.foundation.settings import settings
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.types import Actor

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


@transaction.atomic
def declare_peer(*, declaration: PeerDeclaration, pack: str, by: Actor, at: datetime) -> Peer:
    """Know another node as its declaration says; what goes to it or comes from it follows at once."""
    row, is_new = models.Peer.objects.get_or_create(
        id=declaration.node, defaults={"declared": declaration.model_dump(mode="json"), "pack": pack}
    )
    declared = declaration.model_dump(mode="json")
    if is_new or row.declared != declared:
        row.declared, row.pack = declared, pack
        row.save()
        audit.record("exchange.peer_declared", target=f"node/{row.id}", by=by, at=at, keys=declaration.keys)
        _follow(row.id)
    return queries.peer(row.id)


@transaction.atomic
def trust_peer(*, node: str, is_trusted: bool, by: Actor, at: datetime, reason: str) -> Peer:
    """Stop or take up calls with another node (停止信任); from the next call on nothing goes there or comes from there.

    Raises:
        NoSuchPeer: there is none of this name.
        PeerUnfit: no reason is given.
        Forbidden: the actor is not the bureau.
    """
    policy.require("exchange.nodes", by=by)
    if not reason.strip():
        raise PeerUnfit(reason="a reason has to be given", reason_zh="须写明理由")
    row = models.Peer.objects.select_for_update().filter(id=node).first()
    if row is None:
        raise NoSuchPeer(node=node)
    row.distrusted_at = None if is_trusted else at
    row.save(update_fields=["distrusted_at"])
    action = "exchange.peer_trusted" if is_trusted else "exchange.peer_distrusted"
    audit.record(action, target=f"node/{node}", by=by, at=at, reason=reason)
    _follow(node)
    return queries.peer(node)


@transaction.atomic
def set_route_key(*, interface: str, key_id: str, by: Actor, at: datetime) -> None:
    """Note under which key the node that serves an interface knows this one (登记对端密钥编号).

    Raises:
        NoSuchInterface: there is none of this id, or no other node serves it.
        PeerUnfit: this is no key's number.
        Forbidden: the actor is not the bureau.
    """
    policy.require("exchange.nodes", by=by)
    row = models.Interface.objects.select_for_update().filter(id=interface).first()
    if row is None or not row.declared.get("route"):
        raise NoSuchInterface(interface=interface)
    if not _KEY_ID.fullmatch(key_id):
        raise PeerUnfit(reason="this is no key's number", reason_zh="不是密钥编号")
    row.route_key = key_id
    if row.terms is not None:
        row.terms = row.terms | route_of(InterfaceDeclaration.model_validate(row.declared), key_id)
    row.save(update_fields=["route_key", "terms"])
    audit.record("exchange.route_set", target=f"interface/{interface}", by=by, at=at, key=key_id)


@transaction.atomic
def register_node_key(*, subscription: int, node: str, by: Actor, at: datetime) -> Credential:
    """Let another node call by a subscription of the office that stands for it (登记节点密钥); it signs with its own key.

    The credential has no secret: only its number is needed, which the other node notes by `set_route_key`.

    Raises:
        NoSuchPeer: there is none of this name that is trusted.
        PeerUnfit: the subscription is not of the office that stands for it.
        NoSuchSubscription, NotGranted, Forbidden: as for `grant`.
    """
    peer = queries.peer(node)
    row = granted_row(subscription, by=by, at=at)
    if not peer.trusted:
        raise NoSuchPeer(node=node)
    if peer.declaration.office != row.office:
        raise PeerUnfit(
            reason=f"the subscription is not of the office that stands for {node}",
            reason_zh=f"订阅不属于代表节点 {node} 的部门",
        )
    row.credentials.filter(revoked_at=None).update(revoked_at=at)
    return issue_credential(row, by=by, at=at, node=_sender(peer))


def own_declaration() -> dict[str, Any]:
    """What other nodes need to know of this one, as a `peers/*.yaml` of theirs."""
    from shuzhi.pillars.security.log.proofs import public_keys

    here, algorithm = organization.this_node(), node.suite().signature
    own = settings()
    return {
        "node": here.node,
        "title": here.title.model_dump(),
        "tier": here.tier.value,
        "address": f"http://{own.gateway_host}:{own.gateway_port}",
        "keys": [written(algorithm, node_key(own.home, algorithm).public)],
        "log_key": next((key.text for key in reversed(public_keys())), ""),
    }


def route_of(declaration: InterfaceDeclaration, key_id: str) -> dict[str, Any]:
    """The way to the node that serves an interface, for its terms; one without keys is closed.

    Raises:
        NoSuchPeer: the node is not known.
    """
    if declaration.route is None:
        return {}
    peer, algorithm = queries.peer(declaration.route.node), node.suite().signature
    told = peer.declaration
    way = {
        "node": peer.id,
        "title": told.title.en,
        "title_zh": told.title.zh,
        "self": organization.this_node().node,
        "address": told.address,
        "interface": declaration.route.interface,
        "key_id": key_id,
        "keys": list(told.keys) if peer.trusted and key_id else [],
        "algorithm": algorithm,
        "authority": told.authority,
    }
    return {"route": way}


def _follow(peer: str) -> None:
    """Bring ways and keys to what is known of a node now."""
    for row in models.Interface.objects.select_for_update().filter(terms__route__node=peer):
        declaration = InterfaceDeclaration.model_validate(row.declared)
        row.terms = (row.terms or {}) | route_of(declaration, row.route_key)
        row.save(update_fields=["terms"])
    for former in models.FormerVersion.objects.select_for_update().filter(terms__route__node=peer):
        declaration = InterfaceDeclaration.model_validate(former.declared)
        former.terms |= route_of(declaration, former.interface.route_key)
        former.save(update_fields=["terms"])
    sender = _sender(queries.peer(peer))
    for key in models.Credential.objects.select_for_update().filter(node__node=peer, revoked_at=None):
        key.node = sender
        key.save(update_fields=["node"])


def _sender(peer: Peer) -> dict[str, Any]:
    keys = list(peer.declaration.keys) if peer.trusted else []
    return {"node": peer.id, "keys": keys, "self": organization.this_node().node}
