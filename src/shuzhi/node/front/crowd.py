"""How many connections come from each address (来源地址): one must not take the places of all others.

Asked once a connection, not once a call. Whoever calls from this machine, or through a proxy that was named, stands for
many and is not counted. Of IPv6 addresses the first 64 bits count: the rest is the caller's own to choose.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from typing import Generic, TypeVar

IPV6_BITS = 64
Connected = TypeVar("Connected")


class Crowd(Generic[Connected]):
    """Who is connected, by address."""

    def __init__(self, most: int, proxies: Iterable[str] = ()) -> None:
        """At most so many from one address, 0 for any number; `proxies` are networks that are not counted."""
        self._most = most
        self._free = [ipaddress.ip_network(text, strict=False) for text in proxies]
        self._by_address: dict[str, set[Connected]] = {}
        self._address_of: dict[Connected, str] = {}

    def enter(self, one: Connected, peer: object) -> Collection[Connected] | None:
        """Note a new connection; those of its address, itself among them, when they are too many."""
        address = self._counted(peer) if self._most else None
        if address is None:
            return None
        self._address_of[one] = address
        others = self._by_address.setdefault(address, set())
        others.add(one)
        return others if len(others) > self._most else None

    def leave(self, one: Connected) -> None:
        """A connection has ended; safe to repeat."""
        address = self._address_of.pop(one, None)
        if address is None:
            return
        others = self._by_address[address]
        others.discard(one)
        if not others:
            del self._by_address[address]

    def _counted(self, peer: object) -> str | None:
        """Under what the address is counted; None where it is not."""
        if not isinstance(peer, tuple) or not peer:
            return None  # a socket of this machine
        try:
            address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        if address.is_loopback or any(address in network for network in self._free):
            return None
        if address.version == 4:  # noqa: PLR2004 - of the protocol
            return str(address)
        return str(ipaddress.ip_network((address, IPV6_BITS), strict=False))
