"""Callbacks (回调) to other systems: signed, never to an address inside our own network unless it is allowed."""

from __future__ import annotations

import ipaddress
import json
import socket
from urllib.parse import urlsplit

import httpx

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import Settings
from shuzhi.support.messages.channels.signatures import sign
from shuzhi.support.messages.types import Outcome, Parcel, State

SECONDS = 5.0
OK, MOVED, LIMITED, BROKEN = 200, 300, 429, 500


class HookDriver:
    """Posts to addresses of others."""

    def __init__(self, chosen: Settings, secrets: dict[str, str]) -> None:
        """`secrets` by the name of the receiver."""
        self._networks = tuple(ipaddress.ip_network(each, strict=False) for each in chosen.events_networks)
        self._plain, self._secrets = chosen.events_plain_http, secrets

    def __call__(self, parcel: Parcel) -> Outcome:
        """Tell one receiver; 2xx is delivered, 4xx is final, all else is tried again."""
        found = self._address(parcel.address)
        if found is None:
            return Outcome(parcel.delivery, State.FAILED, "refused", "address not allowed", final=True)
        told = {
            "id": parcel.delivery,
            "event": parcel.payload.get("event"),
            "facts": parcel.payload.get("facts"),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        secret = self._secrets.get(str(parcel.payload.get("hook", "")), "")
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(parcel.delivery)}
        headers |= sign(secret, body, now()) if secret else {}
        try:
            with httpx.Client(timeout=SECONDS, trust_env=False) as client:
                status = self._post(client, parcel.address, found, body, headers)
        except (httpx.HTTPError, OSError) as error:
            return Outcome(parcel.delivery, State.FAILED, problem=type(error).__name__, lane_down=True)
        if OK <= status < MOVED:
            return Outcome(parcel.delivery, State.DELIVERED)
        down = status == LIMITED or status >= BROKEN
        return Outcome(
            parcel.delivery,
            State.FAILED,
            "" if down else "refused",
            str(status),
            final=not down,
            lane_down=down,
        )

    def close(self) -> None:
        """Each call has its own connection."""

    @staticmethod
    def _post(client: httpx.Client, url: str, address: str, body: bytes, headers: dict[str, str]) -> int:
        """Send to the very address that was looked at; the name stays in Host and in TLS."""
        asked = httpx.URL(url)
        request = client.build_request(
            "POST", asked.copy_with(host=address), content=body,
            headers=headers | {"Host": asked.netloc.decode()}, extensions={"sni_hostname": asked.host},
        )  # fmt: skip
        return client.send(request).status_code

    def _address(self, url: str) -> str | None:
        """One address of the receiver's host, if all of them may be called."""
        parts = urlsplit(url)
        if parts.scheme not in ({"https", "http"} if self._plain else {"https"}) or not parts.hostname:
            return None
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found = [each[4][0] for each in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
        except (OSError, ValueError):
            return None
        fits = found and all(self._may(ipaddress.ip_address(str(each).partition("%")[0])) for each in found)
        return str(found[0]) if fits else None

    def _may(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        inside = any(address in network for network in self._networks if network.version == address.version)
        return inside or (address.is_global and not address.is_multicast)


def secrets_by_name() -> dict[str, str]:
    """What signs for each receiver."""
    from shuzhi.pillars.security.crypto import node
    from shuzhi.support.messages import models
    from shuzhi.support.messages.services.knowing import PURPOSE

    ring = node.keyring()
    rows = models.Hook.objects.filter(ended_at=None)
    return {row.id: ring.unseal(PURPOSE, bytes(row.sealed), context=row.id.encode()).decode() for row in rows}
