"""Token buckets (令牌桶): how often somebody may do something, with room for a burst.

A bucket holds so many tokens and fills at a rate; a call takes its cost, and one that finds too few waits. A key that
has not been seen has a full bucket, so only what is missing from those that are not full again needs to be kept, and
what is kept is bounded. It may lie in a file that several processes have in their memory: what one takes, all miss.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from threading import Lock

MOST_KEYS = 50_000
WAYS = 8  # places among which a key's is chosen
SECRET = 16  # bytes: nobody else can tell who shares places with whom
PLACE = struct.Struct("=Qdd")  # a key's hash, what its bucket misses, and when that was

_folder: list[Path] = []


@dataclass(frozen=True)
class Pace:
    """Tokens a second, and how many a bucket holds."""

    rate: float
    burst: float


def share(folder: Path) -> None:
    """Keep the buckets of this process that have a name in this folder, with whoever else does."""
    _folder[:] = [folder]


def clear(folder: Path) -> None:
    """Have all buckets full: before the first process that shares them starts."""
    for file in folder.glob("*"):
        file.unlink(missing_ok=True)


def named(name: str) -> Buckets:
    """The buckets of this name: those of all processes that share them, or this process's own."""
    return Buckets(_folder[0] / name if _folder else None)


class Buckets:
    """Everybody's bucket. Threads may share it, and processes that are given the same file."""

    def __init__(self, file: Path | None = None, *, most_keys: int = MOST_KEYS) -> None:
        """Keep at most so many keys; of those that share their places the fullest is forgotten, to its owner's good."""
        self._groups = max(1, most_keys // WAYS)
        size = SECRET + self._groups * WAYS * PLACE.size
        self._file = -1 if file is None else _opened(file, size)
        self._kept = mmap(self._file, size)
        if file is None:
            self._kept[:SECRET] = secrets.token_bytes(SECRET)
        self._secret = self._kept[:SECRET]
        self._lock = Lock()

    def __len__(self) -> int:
        """How many are kept."""
        return sum(
            any(PLACE.unpack_from(self._kept, SECRET + place * PLACE.size))
            for place in range(self._groups * WAYS)
        )

    def take(self, key: str, pace: Pace, *, cost: float, moment: float) -> float:
        """Take the cost; 0 when there was enough, else in how many seconds there will be, and nothing is taken.

        `moment` is in seconds of any clock that never goes back and that all who share the buckets have.
        """
        cost = min(cost, pace.burst)  # or it could never be paid
        number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, key=self._secret).digest()) or 1
        first = SECRET + number % self._groups * WAYS * PLACE.size
        with self._alone(first):
            place, missing = self._place(number, first, pace, moment)
            if pace.burst - missing < cost:
                return (cost - pace.burst + missing) / pace.rate
            PLACE.pack_into(self._kept, place, number, missing + cost, moment)
        return 0.0

    def _place(self, number: int, first: int, pace: Pace, moment: float) -> tuple[int, float]:
        """Where a key's bucket is, and what it misses; one that is not kept gets the place of the fullest."""
        fullest, least = first, float("inf")
        for place in range(first, first + WAYS * PLACE.size, PLACE.size):
            other, missing, seen = PLACE.unpack_from(self._kept, place)
            missing = max(0.0, missing - max(0.0, moment - seen) * pace.rate)
            if other == number:
                return place, missing
            if missing < least:
                fullest, least = place, missing
        return fullest, 0.0

    @contextmanager
    def _alone(self, first: int) -> Iterator[None]:
        """Have these places to oneself; the system frees them when a process dies."""
        with self._lock:
            if self._file < 0:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX, WAYS * PLACE.size, first)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, WAYS * PLACE.size, first)


def _opened(file: Path, size: int) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.lockf(number, fcntl.LOCK_EX)
    try:
        if os.fstat(number).st_size != size:
            os.ftruncate(number, 0)
            os.ftruncate(number, size)
            os.pwrite(number, secrets.token_bytes(SECRET), 0)
    finally:
        fcntl.lockf(number, fcntl.LOCK_UN)
    return number
