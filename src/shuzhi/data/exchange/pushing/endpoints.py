"""Where events may be pushed to (推送地址): never into the platform's own network, unless its operator says so.

An address is read strictly when it is asked for, approved with the subscription, and resolved anew before each push:
every address that its name stands for must be allowed, and the connection goes to one of those that were looked at.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from shuzhi.data.exchange.errors import EndpointRefused
from shuzhi.foundation.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

LONGEST = 500
PORTS = {"https": 443, "http": 80}
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_PLAIN = re.compile(r"[!-~]+")  # printable ASCII without spaces


@dataclass(frozen=True)
class Rules:
    """What the operator allows: networks that are not the Internet's, plain HTTP beyond this machine.

    `own` are the ports on which the node itself listens on this machine.
    """

    networks: tuple[Network, ...] = ()
    plain_http: bool = False
    own: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Endpoint:
    """An address in its parts."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the head of a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def rules_of(settings: Settings) -> Rules:
    """The operator's rules."""
    networks = tuple(ipaddress.ip_network(text, strict=False) for text in settings.events_networks)
    own = frozenset({settings.web_port, settings.gateway_port})
    return Rules(networks, settings.events_plain_http, own)


def read_endpoint(url: str, rules: Rules) -> Endpoint:
    """An address in its parts.

    Raises:
        EndpointRefused: it is not in its form, not HTTPS, or a literal address where nothing may be pushed to.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused(url, "it is no address", "不是有效的网址") from None
    scheme, host = parts.scheme, parts.hostname or ""
    if scheme not in PORTS or len(url) > LONGEST or not _PLAIN.fullmatch(url):
        raise _refused(url, "it is no HTTPS address", "不是 HTTPS 网址")
    if parts.username is not None or parts.password is not None or "#" in url or "\\" in url:
        raise _refused(url, "it holds a name, a password or a fragment", "含有用户名、密码或片段")
    literal = _literal(host)
    if literal is None and (not _HOST.fullmatch(host) or not host.rpartition(".")[2][:1].isalpha()):
        raise _refused(url, "its host is not in its form", "主机名格式不对")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    endpoint = Endpoint(url, scheme, host, port or PORTS[scheme], target)
    if literal is not None:
        allowed_addresses(endpoint, [host], rules)
    elif scheme == "http" and not rules.plain_http and host != "localhost":
        raise _refused(url, "only HTTPS leaves this machine", "离开本机须用 HTTPS")
    return endpoint


def allowed_addresses(endpoint: Endpoint, found: Sequence[str], rules: Rules) -> list[str]:
    """The addresses that a host stands for, if every one of them may be pushed to.

    Raises:
        EndpointRefused: there is none, or one that may not.
    """
    if not found:
        raise _refused(endpoint.url, "its host has no address", "主机名无法解析")
    for text in found:
        for address in _meant(ipaddress.ip_address(text.partition("%")[0])):
            _check_address(endpoint, address, rules)
    return list(found)


def _check_address(endpoint: Endpoint, address: Address, rules: Rules) -> None:
    is_listed = any(address in network for network in rules.networks if network.version == address.version)
    if not is_listed and not _is_of_the_internet(address):
        raise _refused(
            endpoint.url, "it lies in a network that nothing is pushed into", "位于不允许推送的网络"
        )
    if address.is_loopback and endpoint.port in rules.own:
        raise _refused(endpoint.url, "it is the platform itself", "是平台自身的端口")
    if endpoint.scheme == "http" and not (address.is_loopback or rules.plain_http):
        raise _refused(endpoint.url, "only HTTPS leaves this machine", "离开本机须用 HTTPS")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, none if it has no name service entry. May take as long as the name service does."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _meant(address: Address) -> list[Address]:
    """What an address stands for: itself, and the IPv4 address inside it where it is written in one of the ways of IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inner = address.sixtofour or (address.teredo or (None, None))[1]
    if address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return [address] if inner is None else [address, inner]


def _is_of_the_internet(address: Address) -> bool:
    is_special = address.version == _SPECIAL.version and address in _SPECIAL
    return address.is_global and not (address.is_multicast or address.is_reserved or is_special)


def _refused(url: str, reason: str, reason_zh: str) -> EndpointRefused:
    return EndpointRefused(endpoint=url[:200], reason=reason, reason_zh=reason_zh)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = ipaddress.ip_network(
    "192.0.0.0/24"
)  # protocol assignments; some Pythons take parts of it for global
