"""Credentials as SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc): the issuer signs digests, the holder shows what they choose.

Compact: `token~disclosure~disclosure~`. As a file: the same as JSON (RFC 9901, 8), on one line. A disclosure is
`[salt, name, value]` in base64url; the token holds its SHA-256 under `_sd`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.formats import jws
from shuzhi.support.credentials.formats.coding import (
    decode_json,
    encode,
    encode_json,
    read_object,
    unreadable,
)
from shuzhi.support.credentials.formats.keys import Keys

TYPE = "dc+sd-jwt"
SALT = 16
MOST = 100
RESERVED = frozenset(
    {"_sd", "...", "_sd_alg", "iss", "nbf", "exp", "iat", "cnf", "vct", "status", "jti", "titles"}
)
FILE = frozenset({"payload", "protected", "signature", "header"})


@dataclass(frozen=True)
class SignedCredential:
    """A token, and the disclosures that stand beside it."""

    token: str
    disclosures: tuple[str, ...]

    @property
    def compact(self) -> str:
        """One line for machines."""
        return "~".join((self.token, *self.disclosures, ""))

    @property
    def file(self) -> str:
        """The same as JSON."""
        protected, payload, signature = self.token.split(".")
        told = {
            "payload": payload,
            "protected": protected,
            "signature": signature,
            "header": {"disclosures": list(self.disclosures)},
        }
        return json.dumps(told, separators=(",", ":"))

    def showing(self, names: Collection[str]) -> SignedCredential:
        """The same credential that shows these fields only (选择性披露)."""
        chosen = (each for each in self.disclosures if decode_json(each)[1] in names)
        return SignedCredential(self.token, tuple(chosen))


def issue(
    claims: Mapping[str, Any],
    fields: Mapping[str, Any],
    *,
    key_id: str,
    key: SigningKey,
    entropy: Callable[[int], bytes],
) -> SignedCredential:
    """Sign a credential: `claims` are always seen, each of `fields` only where it is shown."""
    made = [encode_json([encode(entropy(SALT)), name, value]) for name, value in fields.items()]
    payload = dict(claims) | {"_sd": sorted(map(_digest, made)), "_sd_alg": "sha-256"}
    return SignedCredential(jws.sign(TYPE, payload, key_id=key_id, key=key), tuple(made))


def parse(text: str) -> SignedCredential:
    """Either form.

    Raises:
        Unreadable: it is neither.
    """
    text = text.strip()
    if not text.startswith("{"):
        token, *disclosures = text.split("~")
        if not disclosures or disclosures.pop() != "":
            raise unreadable("SD-JWT")
        return SignedCredential(token, tuple(disclosures))
    told = read_object(text)
    header = told.get("header")
    if set(told) != FILE or not isinstance(header, dict) or set(header) != {"disclosures"}:
        raise unreadable("SD-JWT")
    parts, shown = [told[name] for name in ("protected", "payload", "signature")], header["disclosures"]
    if not all(isinstance(each, str) for each in (*parts, *(shown if isinstance(shown, list) else [None]))):
        raise unreadable("SD-JWT")
    return SignedCredential(".".join(parts), tuple(shown))


def read(signed: SignedCredential, keys: Keys) -> tuple[dict[str, Any], dict[str, Any]]:
    """(claims, shown fields) of a genuine credential.

    Raises:
        Unreadable, UnknownKey, NotGenuine: as they say.
    """
    claims = jws.read(TYPE, signed.token, keys)
    digests = claims.pop("_sd", None)
    if not isinstance(digests, list) or claims.pop("_sd_alg", None) != "sha-256":
        raise unreadable("SD-JWT")
    return claims, opened(signed.disclosures, digests)


def opened(disclosures: Collection[str], digests: Iterable[Any]) -> dict[str, Any]:
    """What disclosures show; each must have its digest in the token, and none stands twice.

    Raises:
        Unreadable: one does not belong here.
    """
    known, shown = set(map(str, digests)), {}
    if len(disclosures) > MOST:
        raise unreadable("disclosures")
    for each in disclosures:
        told = decode_json(each)
        digest = _digest(each)
        if digest not in known or not isinstance(told, list) or len(told) != 3:  # noqa: PLR2004 - salt, name, value
            raise unreadable("disclosure", "披露项与签名不符")
        known.remove(digest)
        name = told[1]
        if not isinstance(name, str) or name in RESERVED or name in shown:
            raise unreadable("disclosure", "披露项与签名不符")
        shown[name] = told[2]
    return shown


def _digest(disclosure: str) -> str:
    return encode(hashlib.sha256(disclosure.encode()).digest())
