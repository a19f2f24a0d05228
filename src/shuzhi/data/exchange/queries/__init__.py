"""Reads of the exchange (共享查询), explicitly ordered; a module a topic."""

from shuzhi.data.exchange.queries.counts import calls_per_day, share_satisfaction, undecided_requests
from shuzhi.data.exchange.queries.events import dead_events, stream
from shuzhi.data.exchange.queries.granted import grant_of, is_in_scope
from shuzhi.data.exchange.queries.limits import MOST_ROWS
from shuzhi.data.exchange.queries.nodes import PeerActivity, peer, peer_activity, peers, routed_calls
from shuzhi.data.exchange.queries.offered import interface, interface_of, interfaces, version
from shuzhi.data.exchange.queries.ordered import has_returns, job, jobs, open_jobs, questions
from shuzhi.data.exchange.queries.subscribed import (
    OVERSEERS,
    count_subscriptions,
    readable_subscription,
    subscription,
    subscription_of_dossier,
    subscriptions,
)

__all__ = [
    "MOST_ROWS",
    "OVERSEERS",
    "PeerActivity",
    "calls_per_day",
    "count_subscriptions",
    "dead_events",
    "grant_of",
    "has_returns",
    "interface",
    "interface_of",
    "interfaces",
    "is_in_scope",
    "job",
    "jobs",
    "open_jobs",
    "peer",
    "peer_activity",
    "peers",
    "questions",
    "readable_subscription",
    "routed_calls",
    "share_satisfaction",
    "stream",
    "subscription",
    "subscription_of_dossier",
    "subscriptions",
    "undecided_requests",
    "version",
]
