"""What nodes send each other: a call on its way, and a signed answer. Free of Django; trusts nothing that it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from shuzhi.data.exchange import signing
from shuzhi.pillars.security.canonical import encode

MOST_HOPS = 4
VERSION = "shuzhi-answer-1"


class Onward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call on its way: the caller's own signed request, who asks for what, and the nodes it passed, the first one first.

    `call` is the same at every node. `public_key` is the caller's, where it signs with a key of its own.
    """

    call: str
    hops: tuple[str, ...]
    office: str
    purpose: str
    basis: str
    method: str
    target: str
    body: str
    key_id: str
    timestamp: str
    nonce: str
    signature: str
    public_key: str = ""

    @property
    def said(self) -> tuple[str, ...]:
        """What the log keeps of it as it is."""
        return (*self.hops, self.office, self.purpose, self.basis)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the caller sent."""
        return {
            signing.KEY: self.key_id,
            signing.TIMESTAMP: self.timestamp,
            signing.NONCE: self.nonce,
            signing.SIGNATURE: self.signature,
        }


class SignedAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A node's answer to a call that came from another: status and content as a caller of its own would get them.

    `through` is the proof of the node that it had the answer from, where it only passed it on.
    """

    node: str
    call: str
    request_digest: str
    status: int
    content: dict[str, Any]
    request_id: str
    at: str
    signature: str = ""
    through: dict[str, Any] | None = None

    @property
    def answer_digest(self) -> str:
        """The digest of the content, the same at both nodes."""
        return digest_of(self.content)

    @property
    def lines(self) -> bytes:
        """What is signed."""
        facts = (
            VERSION,
            self.node,
            self.call,
            self.request_digest,
            str(self.status),
            self.answer_digest,
            self.request_id,
            self.at,
        )
        further = (digest_of(self.through),) if self.through else ()
        return "\n".join(facts + further).encode()


read_onward = msgspec.json.Decoder(Onward).decode
read_answer = msgspec.json.Decoder(SignedAnswer).decode


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the content as JSON with sorted keys, without spaces."""
    return hashlib.sha256(encode(dict(content))).hexdigest()


def request_digest(signed: bytes) -> str:
    """SHA-256 over the lines that the caller signed."""
    return hashlib.sha256(signed).hexdigest()
