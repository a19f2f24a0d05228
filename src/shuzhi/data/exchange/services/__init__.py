"""Writes of the room, by topic."""

from shuzhi.data.exchange.services.asking import note_learned, note_question
from shuzhi.data.exchange.services.collecting import collect_file
from shuzhi.data.exchange.services.credentials import (
    bind_certificates,
    grant,
    register_public_key,
    renew_credential,
    reseal_credentials,
)
from shuzhi.data.exchange.services.events import forget_events, redeliver_events, set_event_aside
from shuzhi.data.exchange.services.handing import hand_over, tell_outcome
from shuzhi.data.exchange.services.interfaces import (
    follow_register,
    propose_interface,
    publish_interface,
    refresh_interfaces,
    withdraw_interface,
)
from shuzhi.data.exchange.services.peers import (
    declare_peer,
    own_declaration,
    register_node_key,
    set_route_key,
    trust_peer,
)
from shuzhi.data.exchange.services.pieces import forget_pieces
from shuzhi.data.exchange.services.proving import collect_receipts
from shuzhi.data.exchange.services.returns import follow_objection, settle_returns
from shuzhi.data.exchange.services.sandbox import issue_sandbox_key, plant_sandbox
from shuzhi.data.exchange.services.scopes import limit_rows, refresh_grounds
from shuzhi.data.exchange.services.subscriptions import (
    expire_subscriptions,
    follow_dossier,
    forget_nonces,
    request_subscription,
    revoke_subscription,
)
from shuzhi.data.exchange.services.versioning import change_version, deprecate_version
from shuzhi.data.exchange.services.work import remove_expired_results, work_on

__all__ = [
    "bind_certificates",
    "change_version",
    "collect_file",
    "collect_receipts",
    "declare_peer",
    "deprecate_version",
    "expire_subscriptions",
    "follow_dossier",
    "follow_objection",
    "follow_register",
    "forget_events",
    "forget_nonces",
    "forget_pieces",
    "grant",
    "hand_over",
    "issue_sandbox_key",
    "limit_rows",
    "note_learned",
    "note_question",
    "own_declaration",
    "plant_sandbox",
    "propose_interface",
    "publish_interface",
    "redeliver_events",
    "refresh_grounds",
    "refresh_interfaces",
    "register_node_key",
    "register_public_key",
    "remove_expired_results",
    "renew_credential",
    "request_subscription",
    "reseal_credentials",
    "revoke_subscription",
    "set_event_aside",
    "set_route_key",
    "settle_returns",
    "tell_outcome",
    "trust_peer",
    "withdraw_interface",
    "work_on",
]
