"""The gateway of this process, as its settings want it."""

from __future__ import annotations

from prometheus_client import Counter

from shuzhi.data.exchange.gateway.claims.kept import KeptClaims
from shuzhi.data.exchange.gateway.claims.memory import Memory
from shuzhi.data.exchange.gateway.claims.rows import RowClaims
from shuzhi.data.exchange.gateway.desk import CLERKS, AuditMode
from shuzhi.data.exchange.gateway.handler import Gateway, build_gateway
from shuzhi.data.exchange.routing.keys import node_key
from shuzhi.foundation import database
from shuzhi.foundation.clock import now
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import Settings
from shuzhi.pillars.security.crypto.node import SUITES

CALLS = Counter("shuzhi_gateway_calls_total", "Calls by the rule that refused them, or `answered`.", ["rule"])


def make_gateway(chosen: Settings, memory: Memory | None = None) -> Gateway:
    """A gateway that counts its calls; with a memory it keeps claims there, with all who share it."""
    counters = {rule: CALLS.labels(rule) for rule in ("answered",)}

    def observe(rule: str) -> None:
        counter = counters.get(rule)
        if counter is None:
            counter = counters[rule] = CALLS.labels(rule)
        counter.inc()

    return build_gateway(
        url=database.database_url("gateway"),
        node_secret=secret(chosen.home, "exchange"),
        masking_key=secret(chosen.home, "masking").encode(),
        clock=now,
        observe=observe,
        mode=AuditMode(chosen.gateway_audit),
        key=node_key(chosen.home, SUITES[chosen.cryptography].signature),
        forward_seconds=chosen.gateway_forward_seconds,
        claims=RowClaims(takes_over=True) if memory is None else KeptClaims(memory),
        clerks=1 if chosen.gateway_workers > 1 else CLERKS,
    )
