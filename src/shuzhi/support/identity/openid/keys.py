"""Keys that sign ID tokens: RSA, which every client library reads (RS256), stored sealed under the node's keys."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from shuzhi.pillars.security.crypto import node
from shuzhi.support.identity import models

PURPOSE = "identity"
BITS = 3072


def sign(claims: dict[str, Any], *, at: datetime) -> str:
    """An ID token."""
    row = models.OpenIdKey.objects.order_by("-made_at", "-id").first() or _make(at)
    return jwt.encode({"alg": "RS256", "kid": row.kid, "typ": "JWT"}, claims, _key(row))


def key_set(*, at: datetime) -> dict[str, Any]:
    """The public keys (JWK set)."""
    rows = list(models.OpenIdKey.objects.order_by("-made_at", "-id")[:5]) or [_make(at)]
    return {
        "keys": [
            {**_key(row).as_dict(private=False), "kid": row.kid, "use": "sig", "alg": "RS256"} for row in rows
        ]
    }


def _make(at: datetime) -> models.OpenIdKey:
    kid = secrets.token_hex(8)
    pem = rsa.generate_private_key(public_exponent=65537, key_size=BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    sealed = node.keyring().seal(PURPOSE, node.suite().cipher, pem, context=kid.encode(), at=at)
    return models.OpenIdKey.objects.create(kid=kid, sealed=sealed, made_at=at)


def _key(row: models.OpenIdKey) -> RSAKey:
    return RSAKey.import_key(node.keyring().unseal(PURPOSE, bytes(row.sealed), context=row.kid.encode()))
