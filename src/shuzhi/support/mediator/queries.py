"""Reads: which system it is that calls."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import Role
from shuzhi.support.mediator import models
from shuzhi.support.mediator.types import Client


def client_by_token(token: str) -> Client | None:
    """The admitted system with this token."""
    row = models.Client.objects.filter(digest=digest_of(token), ended_at=None).first()
    return _value(row) if row else None


def client_by_address(address: str, networks: Iterable[str] | None = None) -> Client | None:
    """The system that the operator has named for the network of a security server; of several the narrowest."""
    name = named_for(address, settings().mediator_networks if networks is None else networks)
    row = models.Client.objects.filter(id=name, ended_at=None).first() if name else None
    return _value(row) if row else None


def named_for(address: str, networks: Iterable[str]) -> str:
    """The name that stands beside the narrowest network with this address."""
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    fits = []
    for text in networks:
        network, _, name = text.partition("=")
        read = ipaddress.ip_network(network.strip(), strict=False)
        if found in read:
            fits.append((read.prefixlen, name.strip()))
    return max(fits)[1] if fits else ""


def clients() -> list[Client]:
    """Every system that was admitted, by name."""
    return [_value(row) for row in models.Client.objects.order_by("id")]


def digest_of(token: str) -> str:
    """What is kept of a token: it is long and random, a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _value(row: models.Client) -> Client:
    roles = frozenset(Role(each) for each in row.roles)
    return Client(row.id, row.office, tuple(row.grants), roles, row.made_at, row.ended_at)
