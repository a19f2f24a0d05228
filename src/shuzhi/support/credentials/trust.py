"""The node as an issuer (签发机构): its address, its signing key, the keys that it publishes, its lists' secret."""

from __future__ import annotations

from datetime import datetime

from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.formats.keys import Keys, PublicKey, by_issuer

PURPOSE = "credentials"
PLACES = "credential-places"  # the name of the node's secret; never changed, or places would move


def issuer() -> str:
    """The node's public address, by which its credentials name it."""
    chosen = settings()
    return (chosen.public_url or f"http://{chosen.web_host}:{chosen.web_port}").rstrip("/")


def signer(*, at: datetime) -> tuple[str, SigningKey]:
    """The key that signs now, with its id; made when the first credential is issued."""
    ring = node.keyring()
    key = ring.active(PURPOSE) or ring.make(PURPOSE, node.suite().signature, at=at)
    return key.id, ring.signer(key)


def published_keys() -> list[PublicKey]:
    """Every key that ever signed here: what an earlier one signed stays genuine."""
    keys = node.keyring().list_keys(PURPOSE)
    return [PublicKey(issuer(), key.id, key.algorithm, key.public) for key in keys if key.public]


def own_keys() -> Keys:
    """The same, for checking."""
    return by_issuer(published_keys())


def places_secret() -> bytes:
    """What mixes the places of the status lists."""
    return secret(settings().home, PLACES).encode()


def list_address(which: int) -> str:
    """Where a status list is published."""
    return f"{issuer()}/credentials/status/{which}"
