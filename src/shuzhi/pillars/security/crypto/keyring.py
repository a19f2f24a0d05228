"""Keys (密钥环): each a file, wrapped by a master key; one of each purpose is active, earlier ones only open.

    keys/<purpose>/<id>.json    algorithm, state, master, wrapped key, public key of a signing key

A sealed value begins with a mark and the id of its key, so it opens whatever became active since:
`S1 ‖ key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. Purpose, key id and the caller's context are authenticated.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import get_ident

from shuzhi.pillars.security.crypto import ciphers, signing
from shuzhi.pillars.security.crypto.errors import KeyRetired, NoSuchKey, NotAuthentic
from shuzhi.pillars.security.crypto.masters import Masters, Wrapped

FOLDER = "keys"
MARK = b"S1"
ID_BYTES = 8
HEAD = len(MARK) + ID_BYTES


class State(StrEnum):
    """What a key still does."""

    ACTIVE = "active"  # seals or signs, and opens
    OPENING = "opening"  # opens what it sealed until all of that is sealed anew
    RETIRED = "retired"  # nothing is left; its file is kept for backups of the time


@dataclass(frozen=True)
class Key:
    """A key as its file tells it, without its secret."""

    id: str
    purpose: str
    algorithm: str
    state: State
    made_at: datetime
    wrapped: Wrapped = field(repr=False)
    public: bytes | None = None


class Keyring:
    """The keys of a node."""

    def __init__(self, home: Path, masters: Masters) -> None:
        """Keys lie below `keys` in the home folder."""
        self.home, self._folder, self.masters = home, home / FOLDER, masters
        self._secret = lru_cache(maxsize=256)(self._unwrap)
        self._read: dict[str, tuple[int, dict[str, Key]]] = {}

    def list_keys(self, purpose: str | None = None) -> list[Key]:
        """All keys, by purpose, the youngest first."""
        folders = [purpose] if purpose else [folder.name for folder in self._folder.glob("*/")]
        found = [key for name in folders for key in self._keys(name).values()]
        return sorted(found, key=lambda key: (key.purpose, -key.made_at.timestamp(), key.id))

    def key(self, purpose: str, key_id: str) -> Key:
        """One key.

        Raises:
            NoSuchKey: there is none of this id.
        """
        if (found := self._keys(purpose).get(key_id)) is None:
            raise NoSuchKey(key=f"{purpose}/{key_id[:40]}")
        return found

    def active(self, purpose: str) -> Key | None:
        """The key that seals or signs; None before the first is made."""
        return next((key for key in self.list_keys(purpose) if key.state is State.ACTIVE), None)

    def make(self, purpose: str, algorithm: str, *, at: datetime) -> Key:
        """Make a key the active one; earlier ones of its purpose only open from now on."""
        earlier = [key for key in self.list_keys(purpose) if key.state is State.ACTIVE]
        key_id = os.urandom(ID_BYTES).hex()
        signer = signing.generate(algorithm) if algorithm in signing.ALGORITHMS else None
        plain = signer.private if signer else ciphers.new_key(algorithm)
        wrapped = self.masters.wrap(plain, context=_context(purpose, key_id))
        key = Key(key_id, purpose, algorithm, State.ACTIVE, at, wrapped, signer.public if signer else None)
        self._write(key)
        for each in earlier:
            self._write(_with(each, state=State.OPENING))
        return key

    def retire(self, purpose: str, key_id: str) -> None:
        """Nothing is opened with this key any more."""
        self._write(_with(self.key(purpose, key_id), state=State.RETIRED))
        self._secret.cache_clear()

    def rewrap(self) -> int:
        """Wrap every key under the current master key; returns how many were wrapped otherwise before."""
        current, count = self.masters.current(), 0
        for key in self.list_keys():
            if key.wrapped.master != current:
                context = _context(key.purpose, key.id)
                plain = self.masters.unwrap(key.wrapped, context=context)
                self._write(_with(key, wrapped=self.masters.wrap(plain, context=context)))
                count += 1
        return count

    def signer(self, key: Key) -> signing.SigningKey:
        """The key, able to sign."""
        return signing.signing_key(key.algorithm, self._secret(key.purpose, key.id))

    def is_current(self, purpose: str, sealed: bytes) -> bool:
        """Whether a value is sealed under the key that is active now."""
        active = self.active(purpose)
        return active is not None and sealed.startswith(MARK) and sealed[len(MARK) : HEAD].hex() == active.id

    def seal(self, purpose: str, algorithm: str, plain: bytes, *, context: bytes, at: datetime) -> bytes:
        """Seal a value under the active key of its purpose, which is made if there is none."""
        key = self.active(purpose) or self.make(purpose, algorithm, at=at)
        head = MARK + bytes.fromhex(key.id)
        secret = self._secret(purpose, key.id)
        return head + ciphers.seal(
            key.algorithm, secret, plain, context=head + purpose.encode() + b"\0" + context
        )

    def unseal(self, purpose: str, sealed: bytes, *, context: bytes) -> bytes:
        """Open a sealed value.

        Raises:
            NotAuthentic: it was changed, or belongs to another purpose or place.
            NoSuchKey: its key is not on this ring.
            KeyRetired: its key was retired.
        """
        key = self.key(purpose, key_of(sealed))
        if key.state is State.RETIRED:
            raise KeyRetired(key=f"{purpose}/{key.id}")
        head = sealed[:HEAD]
        secret = self._secret(purpose, key.id)
        return ciphers.unseal(
            key.algorithm, secret, sealed[HEAD:], context=head + purpose.encode() + b"\0" + context
        )

    def _unwrap(self, purpose: str, key_id: str) -> bytes:
        key = self.key(purpose, key_id)
        return self.masters.unwrap(key.wrapped, context=_context(purpose, key_id))

    def _keys(self, purpose: str) -> dict[str, Key]:
        """The keys of a purpose; read again when a file came or was replaced, which the folder's time shows."""
        folder = self._folder / purpose
        if not folder.is_dir():
            return {}
        changed = folder.stat().st_mtime_ns
        known = self._read.get(purpose)
        if known is None or known[0] != changed:
            known = changed, {key.id: key for key in map(_read, folder.glob("*.json"))}
            self._read[purpose] = known
        return known[1]

    def _write(self, key: Key) -> None:
        file = self._folder / key.purpose / f"{key.id}.json"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_suffix(f".{os.getpid()}-{get_ident()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(_told(key), out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        self._read.pop(key.purpose, None)


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed a value.

    Raises:
        NotAuthentic: it is no sealed value.
    """
    if len(sealed) < HEAD or not sealed.startswith(MARK):
        raise NotAuthentic
    return sealed[len(MARK) : HEAD].hex()


def _context(purpose: str, key_id: str) -> bytes:
    return f"shuzhi key {purpose}/{key_id}".encode()


def _with(key: Key, **changes: object) -> Key:
    return Key(**{name: getattr(key, name) for name in Key.__dataclass_fields__} | changes)


def _told(key: Key) -> dict[str, str | None]:
    return {
        "id": key.id,
        "purpose": key.purpose,
        "algorithm": key.algorithm,
        "state": key.state,
        "made_at": key.made_at.isoformat(),
        "master": key.wrapped.master,
        "wrapped": key.wrapped.sealed.hex(),
        "public": key.public.hex() if key.public else None,
    }


def _read(file: Path) -> Key:
    told = json.loads(file.read_text("utf-8"))
    return Key(
        id=told["id"],
        purpose=told["purpose"],
        algorithm=told["algorithm"],
        state=State(told["state"]),
        made_at=datetime.fromisoformat(told["made_at"]),
        wrapped=Wrapped(told["master"], bytes.fromhex(told["wrapped"])),
        public=bytes.fromhex(told["public"]) if told["public"] else None,
    )
