"""Who is at the other end of a request (来源地址), and under what it is counted.

`X-Forwarded-For` is what anybody may write: it is believed as far as proxies that were declared have written it, read
from its end, and the first address that is none of theirs is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[str, ...]
IPV6_BITS = 64
HERE: Networks = ("127.0.0.0/8", "::1/128")
LONGEST_CHAIN = 10


def caller_of(meta: Mapping[str, object], *, proxies: Networks) -> str:
    """The caller's address by a request's head (WSGI names)."""
    peer = str(meta.get("REMOTE_ADDR", ""))[:60]
    if not proxies:
        return peer
    said = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", LONGEST_CHAIN)
    while said and lies_in(peer, proxies):
        address = _read(said.pop().strip())
        if address is None:
            break
        peer = str(address)
    return peer


@lru_cache(maxsize=4096)
def lies_in(address: str, networks: Networks) -> bool:
    """Whether an address is of one of these networks."""
    read = _read(address)
    return read is not None and any(read in ip_network(text, strict=False) for text in networks)


@lru_cache(maxsize=4096)
def counted_as(address: str) -> str:
    """Under what a caller is counted: of IPv6 the first 64 bits, the rest is the caller's own to choose."""
    read = _read(address)
    if read is None or read.version == 4:  # noqa: PLR2004 - of the protocol
        return str(read or "")
    return str(ip_network((read, IPV6_BITS), strict=False))


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
