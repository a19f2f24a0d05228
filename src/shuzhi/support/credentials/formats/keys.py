"""Public keys of issuers (签发公钥) as a JWK set, and what stands for an algorithm in JOSE and in COSE.

SM2 has no registered name: in JOSE it is `SM2` over the curve `SM2`, in COSE a number for private use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shuzhi.pillars.security.crypto import signing
from shuzhi.support.credentials.errors import NotGenuine, UnknownKey
from shuzhi.support.credentials.formats.coding import decode, encode, unreadable

JOSE = {signing.ED25519: "EdDSA", signing.P256: "ES256", signing.SM2: "SM2"}
COSE = {signing.ED25519: -8, signing.P256: -7, signing.SM2: -65601}
CURVES = {signing.ED25519: "Ed25519", signing.P256: "P-256", signing.SM2: "SM2"}
HALF = 32


@dataclass(frozen=True)
class PublicKey:
    """A key that an issuer signs with."""

    issuer: str
    id: str
    algorithm: str
    public: bytes

    @property
    def jwk(self) -> dict[str, str]:
        """The key as RFC 7517 writes it."""
        common = {"kid": self.id, "use": "sig", "alg": JOSE[self.algorithm], "crv": CURVES[self.algorithm]}
        if self.algorithm == signing.ED25519:
            return {"kty": "OKP", **common, "x": encode(self.public)}
        return {"kty": "EC", **common, "x": encode(self.public[:HALF]), "y": encode(self.public[HALF:])}


Keys = Mapping[tuple[str, str], PublicKey]


def by_issuer(keys: Iterable[PublicKey]) -> Keys:
    """Keys by issuer and id."""
    return {(each.issuer, each.id): each for each in keys}


def key_set(issuer: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """What an issuer publishes."""
    return {"issuer": issuer, "jwks": {"keys": [each.jwk for each in keys]}}


def read_key_set(document: Mapping[str, Any]) -> list[PublicKey]:
    """The keys of an issuer's document.

    Raises:
        Unreadable: it is none.
    """
    try:
        issuer, keys = str(document["issuer"]), document["jwks"]["keys"]
        algorithms = {name: algorithm for algorithm, name in CURVES.items()}
        return [
            PublicKey(
                issuer,
                str(each["kid"]),
                algorithms[each["crv"]],
                decode(each["x"]) + (decode(each["y"]) if "y" in each else b""),
            )
            for each in keys
        ]
    except (KeyError, TypeError):
        raise unreadable("key set", "公钥文件有误") from None


@dataclass(frozen=True)
class Signed:
    """A message as its writer says it was signed; `names` is how this writing calls algorithms."""

    issuer: Any
    key: Any
    algorithm: Any
    names: Mapping[str, Any]
    message: bytes
    signature: bytes


def require_signature(keys: Keys, told: Signed) -> PublicKey:
    """The issuer's key that signed the message.

    Raises:
        UnknownKey: it is none of the known ones.
        NotGenuine: it did not sign this.
    """
    named = isinstance(told.issuer, str) and isinstance(told.key, str)
    key = keys.get((told.issuer, told.key)) if named else None
    if key is None:
        raise UnknownKey(key=f"{str(told.issuer)[:80]} {str(told.key)[:40]}")
    fits = told.names[key.algorithm] == told.algorithm
    if not fits or not signing.is_signed(key.algorithm, key.public, told.message, told.signature):
        raise NotGenuine
    return key
