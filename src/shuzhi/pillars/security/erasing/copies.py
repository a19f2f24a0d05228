"""Sealed files (密封副本): written and read piece by piece, each file under a key of its own.

    mark (5) ‖ key id (16) ‖ pieces: up to 65,536 bytes of the plain text, each with its tag (16)

The number of a piece and whether it is the last are its nonce: a file that was cut, or whose pieces were moved, does
not open. The key is used for this file only.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from shuzhi.pillars.security.crypto import ciphers
from shuzhi.pillars.security.crypto.errors import NotAuthentic
from shuzhi.pillars.security.erasing.keys import ID_BYTES, ErasableKeys, Erased, erasable_keys

MARK = b"\0SZC1"
HEAD = len(MARK) + ID_BYTES
PIECE = 65_536


class Sealing(io.RawIOBase):
    """A stream that seals what is written to it; `sha256` and `size` are those of the plain text."""

    def __init__(self, out: BinaryIO, keys: ErasableKeys, key_id: str) -> None:
        """Write to a file under this key."""
        self._out, self._head = out, MARK + bytes.fromhex(key_id)
        self._algorithm, self._key = keys.read(key_id)
        self._waiting, self._number = bytearray(), 0
        self._digest, self.size = hashlib.sha256(), 0
        out.write(self._head)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How much of the plain text was written."""
        return self.size

    def write(self, content: Any) -> int:
        """Take some of the plain text."""
        given = bytes(content)
        self._digest.update(given)
        self.size += len(given)
        self._waiting += given
        while len(self._waiting) > PIECE:  # the last piece is known when there is no other
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(given)

    def finish(self) -> None:
        """Write the last piece, to the disk."""
        self._put(bytes(self._waiting), last=True)
        self._out.flush()
        os.fsync(self._out.fileno())

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(ciphers.encrypt(self._algorithm, self._key, nonce, piece, context=self._head))
        self._number += 1


class Opened:
    """A sealed file, to be read; it ends where its key is destroyed meanwhile."""

    def __init__(self, file: BinaryIO, keys: ErasableKeys) -> None:
        """Read on behind the mark."""
        self._file, self._keys = file, keys
        self._head = MARK + file.read(ID_BYTES)
        self._id = self._head[len(MARK) :].hex()
        self._algorithm, self._key = keys.read(self._id)
        self._next, self._number, self._rest = file.read(PIECE + ciphers.TAG_BYTES), 0, bytearray()
        if not self._next:  # even an empty file has a last piece
            raise NotAuthentic

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes of the plain text.

        Raises:
            Erased: the key was destroyed while this was read.
            NotAuthentic: the file was changed or cut.
        """
        while self._next and (size < 0 or len(self._rest) < size):
            self._rest += self._piece()
        given = bytes(self._rest if size < 0 else self._rest[:size])
        del self._rest[: len(given)]
        return given

    def _piece(self) -> bytes:
        if not self._keys.is_there(self._id):
            raise Erased
        sealed, self._next = self._next, self._file.read(PIECE + ciphers.TAG_BYTES)
        if len(sealed) < ciphers.TAG_BYTES:
            raise NotAuthentic
        nonce = _nonce(self._number, last=not self._next)
        self._number += 1
        return ciphers.decrypt(self._algorithm, self._key, nonce, sealed, context=self._head)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextlib.contextmanager
def sealing(file: Path, keys: ErasableKeys | None = None) -> Iterator[Sealing]:
    """Write a file under a key of its own; where that fails, the key ends with the half file."""
    ring = keys or erasable_keys()
    key_id = ring.make()
    try:
        with file.open("wb") as out:
            stream = Sealing(out, ring, key_id)
            yield stream
            stream.finish()
    except BaseException:
        ring.erase(key_id)
        raise


def open_copy(file: Path, keys: ErasableKeys | None = None) -> BinaryIO | Opened:
    """A file to be read, sealed or not.

    Raises:
        Erased: its key was destroyed.
        FileNotFoundError: there is no such file.
    """
    stream = file.open("rb")
    try:
        if stream.read(len(MARK)) == MARK:
            return Opened(stream, keys or erasable_keys())
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return stream


def is_sealed(file: Path) -> bool:
    """Whether a file is one of these."""
    with file.open("rb") as stream:
        return stream.read(len(MARK)) == MARK


def erase_copy(file: Path, keys: ErasableKeys | None = None) -> bool:
    """Destroy a file's key, then remove it; whether it was there. One that was not sealed is removed."""
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD)
    except FileNotFoundError:
        return False
    if head.startswith(MARK) and len(head) == HEAD:
        (keys or erasable_keys()).erase(head[len(MARK) :].hex())
    file.unlink(missing_ok=True)
    return True


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
