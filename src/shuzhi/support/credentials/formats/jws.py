"""Signed JSON (JWS, RFC 7515), compact. The key is found by issuer and key id; `alg` must be that key's own."""

from __future__ import annotations

from typing import Any

from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.formats.coding import decode, decode_json, encode, encode_json, unreadable
from shuzhi.support.credentials.formats.keys import JOSE, Keys, Signed, require_signature

PARTS = 3


def sign(kind: str, payload: dict[str, Any], *, key_id: str, key: SigningKey) -> str:
    """The payload, signed; `kind` is the header's `typ`."""
    header = {"alg": JOSE[key.algorithm], "typ": kind, "kid": key_id}
    signed = f"{encode_json(header)}.{encode_json(payload)}"
    return f"{signed}.{encode(key.sign(signed.encode()))}"


def read(kind: str, token: str, keys: Keys) -> dict[str, Any]:
    """The payload of a token that one of these keys signed.

    Raises:
        Unreadable: it is no token of this kind.
        UnknownKey, NotGenuine: as they say.
    """
    parts = token.split(".")
    if len(parts) != PARTS:
        raise unreadable("JWS")
    header, payload = decode_json(parts[0]), decode_json(parts[1])
    if not isinstance(header, dict) or not isinstance(payload, dict) or set(header) != {"alg", "typ", "kid"}:
        raise unreadable("JWS")
    if header["typ"] != kind:
        raise unreadable(f"typ {str(header['typ'])[:40]}")
    message, signature = f"{parts[0]}.{parts[1]}".encode(), decode(parts[2])
    require_signature(
        keys, Signed(payload.get("iss"), header["kid"], header["alg"], JOSE, message, signature)
    )
    return payload
