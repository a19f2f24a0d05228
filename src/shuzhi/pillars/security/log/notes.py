"""Signed heads (签名树头) in the form of C2SP's tlog-checkpoint: a text that anyone can keep, mail or print.

shuzhi.audit/3f9a…        the log
1048576                   how many entries
CsUYap…=                  root over them, base64
at 2026-03-02T09:30:00+00:00
hash sm3                  only if it is not sha256

— shuzhi.audit/3f9a… AbCd…=   name, then key hash and signature
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from shuzhi.pillars.security.crypto import signing
from shuzhi.pillars.security.crypto.digests import SHA256
from shuzhi.pillars.security.errors import UnreadableHead

DASH = "\N{EM DASH} "
_ED25519 = b"\x01"
_OTHER = b"\xff"


@dataclass(frozen=True)
class Head:
    """What a head says: the log `origin` has `size` entries with this root."""

    origin: str
    size: int
    root: bytes
    at: datetime
    algorithm: str = SHA256

    @property
    def text(self) -> str:
        """What is signed."""
        lines = [
            self.origin,
            str(self.size),
            base64.b64encode(self.root).decode(),
            f"at {self.at.isoformat()}",
        ]
        if self.algorithm != SHA256:
            lines.append(f"hash {self.algorithm}")
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class PublicKey:
    """Who signs heads; written as in Go's signed notes: `name+hash+key`."""

    name: str
    algorithm: str
    public: bytes

    @property
    def coded(self) -> bytes:
        """The key with its kind: one byte for Ed25519, else the algorithm's name too."""
        if self.algorithm == signing.ED25519:
            return _ED25519 + self.public
        return _OTHER + self.algorithm.encode() + b":" + self.public

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.coded).digest()[:4]

    @property
    def text(self) -> str:
        """One line."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(self.coded).decode()}"


def sign_head(head: Head, key: signing.SigningKey) -> str:
    """The head as a signed note."""
    public = PublicKey(head.origin, key.algorithm, key.public)
    signature = base64.b64encode(public.hash + key.sign(head.text.encode())).decode()
    return f"{head.text}\n{DASH}{head.origin} {signature}\n"


def read_head(note: str) -> Head:
    """What a note says, signed or not.

    Raises:
        UnreadableHead: it is no head.
    """
    try:
        origin, size, root, at, *more = note.partition("\n\n")[0].splitlines()
        algorithm = more[0].removeprefix("hash ") if more else SHA256
        moment = datetime.fromisoformat(at.removeprefix("at "))
        return Head(origin, int(size), base64.b64decode(root, validate=True), moment, algorithm)
    except ValueError as error:
        raise UnreadableHead(start=note[:60]) from error


def signer_of(note: str, keys: list[PublicKey]) -> PublicKey | None:
    """Which of the keys signed the note; None when none did."""
    text, _, signatures = note.partition("\n\n")
    for line in signatures.splitlines():
        name, _, coded = line.removeprefix(DASH).partition(" ")
        try:
            told = base64.b64decode(coded, validate=True)
        except ValueError:
            continue
        for key in keys:
            if (key.name, key.hash) == (name, told[:4]) and signing.is_signed(
                key.algorithm, key.public, f"{text}\n".encode(), told[4:]
            ):
                return key
    return None
