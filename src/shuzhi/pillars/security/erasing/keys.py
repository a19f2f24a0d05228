"""Keys that can be destroyed (可销毁密钥): one file each, wrapped by the node's master key, in a folder of their own.

They are no part of `keys/`: that folder is backed up, because what it seals cannot be made again. What these seal can
be made again, or is somebody's own to have forgotten; a backup that held them would undo every withdrawal.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from pathlib import Path

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.files.store import sync_folder
from shuzhi.foundation.secrets import secret, write_once
from shuzhi.pillars.security.crypto import ciphers, node
from shuzhi.pillars.security.crypto.masters import Masters, Wrapped

FOLDER = "erasable"
ID_BYTES = 16
# What backup programs look for (bford.info/cachedir): tar --exclude-caches, restic and borg leave such a folder out.
TAG, TAGGED = "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Keys that end: never back up.\n"


class Erased(PlatformError):
    """The key of this copy was destroyed; nobody can read it any more."""

    code = "security.erased"
    http_status = 410
    zh = "此副本的密钥已销毁，任何人都无法再读取。"


class ErasableKeys:
    """The erasable keys of a node."""

    def __init__(self, home: Path, masters: Masters, cipher: str) -> None:
        """Keys lie below `erasable` in the home folder; new ones are of this cipher."""
        self._home, self._folder, self._masters, self._cipher = home, home / FOLDER, masters, cipher
        self._known: dict[str, tuple[int, str, bytes]] = {}

    def make(self) -> str:
        """A key for one copy; returns its id."""
        return self._make(os.urandom(ID_BYTES).hex())

    def of(self, owner: str) -> str:
        """The id of somebody's key, made if there is none: after it was destroyed, another one of the same id."""
        key_id = self.id_of(owner)
        return key_id if self.is_there(key_id) else self._make(key_id)

    def id_of(self, owner: str) -> str:
        """The id of somebody's key; it tells nobody whose it is."""
        told = hmac.new(secret(self._home, FOLDER).encode(), owner.encode(), hashlib.sha256)
        return told.hexdigest()[: 2 * ID_BYTES]

    def is_there(self, key_id: str) -> bool:
        """Whether it was not destroyed."""
        return self._file(key_id).exists()

    def read(self, key_id: str) -> tuple[str, bytes]:
        """Algorithm and key; a process remembers it no longer than its file lies unchanged.

        Raises:
            Erased: it was destroyed.
        """
        try:
            changed = self._file(key_id).stat().st_mtime_ns
            known = self._known.get(key_id)
            if known is not None and known[0] == changed:
                return known[1:]
            told = json.loads(self._file(key_id).read_text("ascii"))
        except FileNotFoundError:
            self._known.pop(key_id, None)
            raise Erased from None
        wrapped = Wrapped(told["master"], bytes.fromhex(told["wrapped"]))
        key = self._masters.unwrap(wrapped, context=_context(key_id))
        if len(self._known) >= 1_000:  # noqa: PLR2004 - enough for what a process has in hand
            self._known.clear()
        self._known[key_id] = changed, told["algorithm"], key
        return told["algorithm"], key

    def erase(self, key_id: str) -> bool:
        """Destroy a key; whether it was there. It is overwritten first, for disks that write in place."""
        self._known.pop(key_id, None)
        file = self._file(key_id)
        with self._alone(), contextlib.suppress(FileNotFoundError):
            size = file.stat().st_size
            with file.open("r+b") as stream:
                stream.write(os.urandom(size))
                stream.flush()
                os.fsync(stream.fileno())
            file.unlink()
            sync_folder(file.parent)
            return True
        return False

    def rewrap(self) -> int:
        """Wrap every key under the current master key: with the former one, keys in stolen backups end too."""
        current, count = self._masters.current(), 0
        for file in sorted(self._folder.glob("*/*.json")):
            with self._alone(), contextlib.suppress(FileNotFoundError):
                count += self._rewrap(file, current)
        return count

    def _rewrap(self, file: Path, current: str) -> bool:
        told = json.loads(file.read_text("ascii"))
        if told["master"] == current:
            return False
        wrapped = Wrapped(told["master"], bytes.fromhex(told["wrapped"]))
        key = self._masters.unwrap(wrapped, context=_context(file.stem))
        draft = file.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        write_once(draft, self._told(file.stem, told["algorithm"], key))
        draft.replace(file)
        return True

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time: a key that is destroyed is not written anew by whoever wraps it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make(self, key_id: str) -> str:
        file = self._file(key_id)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        tag = self._folder / TAG
        if not tag.exists():
            tag.write_text(TAGGED, "ascii")
        write_once(file, self._told(key_id, self._cipher, ciphers.new_key(self._cipher)))
        return key_id

    def _told(self, key_id: str, algorithm: str, key: bytes) -> str:
        wrapped = self._masters.wrap(key, context=_context(key_id))
        told = {"algorithm": algorithm, "master": wrapped.master, "wrapped": wrapped.sealed.hex()}
        return json.dumps(told)

    def _file(self, key_id: str) -> Path:
        bytes.fromhex(key_id)  # it comes from files and rows: never taken for a path
        return self._folder / key_id[:2] / f"{key_id}.json"


def erasable_keys() -> ErasableKeys:
    """This node's erasable keys."""
    ring = node.keyring()
    known = _made.get(id(ring))
    if known is None:
        _made.clear()
        known = _made[id(ring)] = ErasableKeys(ring.home, ring.masters, node.suite().cipher)
    return known


_made: dict[int, ErasableKeys] = {}


def _context(key_id: str) -> bytes:
    return f"shuzhi erasable key {key_id}".encode()
