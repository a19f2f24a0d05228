"""Memory that the processes of one gateway share: nonces that were used, and what subscriptions have used up.

Whoever makes it does so before the processes fork. It is one file without a name, so it ends with the last of them. A
process that is killed leaves nothing locked and nothing half written that would matter.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from mmap import mmap
from threading import Lock
from weakref import finalize

from shuzhi.data.exchange.gateway.claims.claim import Crowded
from shuzhi.data.exchange.gateway.rules import WINDOW_SECONDS

WORD = 8
SLOTS = 1 << 19  # of a table; half of them are used
TABLES = 128  # 33 million nonces; what is not used takes no memory
WAYS = 16  # places of a group; a subscription has its own in one of two groups
PLACES = 1 << 20  # nine tenths of them can be used: 470,000 subscriptions on two days
MOST_AT_HAND = 50_000
DAYS = 1 << 12  # after so many a day's number begins anew
MINUTE = 60
SLACK = 60  # seconds by which a clock may be set back
KEEPER_BITS = 62


class Memory:
    """Nonces and counts. Change them only while `alone`."""

    def __init__(self, *, tables: int = TABLES, places: int = PLACES, slots: int = SLOTS) -> None:
        """Empty, under a keeper's number that no other memory has."""
        self.keeper = secrets.randbits(KEEPER_BITS) | 1
        self._slots, self._tables, self._groups = slots, tables, places // WAYS
        self._odd = secrets.randbits(64) | 1  # so that nobody can choose nonces that meet in one place
        self._shift = 64 - (slots.bit_length() - 1)
        parts = [WAYS, tables, tables, *[self._groups * WAYS] * 3, tables * slots]
        self._file, self._lock = _unnamed(sum(parts) * WORD), Lock()
        finalize(self, os.close, self._file)
        self._kept = memoryview(mmap(self._file, sum(parts) * WORD))
        head, self._minutes, self._used, self._keys, self._calls, busy, self._marks = self._divided(parts)
        self._busy, self._head = busy.cast("B").cast("d"), head
        self._places: dict[int, int] = {}
        self._firsts: list[int] = []  # where the tables begin that have nonces
        self._last: dict[int, int] = {}  # of those of a minute, the one with room
        self._seen = -1

    def _divided(self, parts: Iterable[int]) -> Iterator[memoryview]:
        first = 0
        for size in parts:
            yield self._kept[first * WORD : (first + size) * WORD].cast("Q")
            first += size

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the memory to oneself; the system frees it when a process dies."""
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    @property
    def is_kept(self) -> bool:
        """Whether a process of this memory has taken over the claims, and filled in what was given before."""
        return bool(self._head[0])

    def keep(self) -> None:
        """It has."""
        self._head[0] = 1

    # Nonces.

    def use(self, mark: str, stamp: int) -> bool:
        """Use a nonce (`Call.mark`), of a call with this timestamp; False when it was used before, at whatever time.

        Raises:
            Crowded: there is no room.
        """
        number = int(mark[:16], 16) or 1
        at = (number * self._odd & 0xFFFF_FFFF_FFFF_FFFF) >> self._shift
        if self._seen != self._head[1]:
            self._look_around()
        marks, last = self._marks, self._slots - 1
        for first in self._firsts:
            slot = at
            while kept := marks[first + slot]:
                if kept == number:
                    return False
                slot = (slot + 1) & last
        table = self._with_room(stamp // MINUTE)
        first, slot = table * self._slots, at
        while marks[first + slot]:
            slot = (slot + 1) & last
        marks[first + slot] = number
        self._used[table] += 1
        return True

    def _with_room(self, minute: int) -> int:
        table = self._last.get(minute)
        return self._new_table(minute) if table is None or self._used[table] * 2 >= self._slots else table

    def _new_table(self, minute: int) -> int:
        minutes = self._minutes.tolist()
        if 0 not in minutes:
            raise Crowded
        table = minutes.index(0)
        first = table * self._slots
        self._marks[first : first + self._slots].cast("B")[:] = bytes(self._slots * WORD)
        self._used[table], self._minutes[table] = 0, minute
        self._change()
        return table

    def forget(self, moment: float) -> None:
        """Let go of nonces whose timestamps are refused by now (seconds of the epoch)."""
        last = (moment - WINDOW_SECONDS - SLACK) // MINUTE - 1
        old = [table for table, minute in enumerate(self._minutes.tolist()) if 0 < minute <= last]
        for table in old:
            self._minutes[table] = 0
        if old:
            self._change()

    def _change(self) -> None:
        self._head[1] += 1
        self._look_around()

    def _look_around(self) -> None:
        """See which tables other processes have begun or let go."""
        self._seen, minutes = self._head[1], self._minutes.tolist()
        taken = [table for table, minute in enumerate(minutes) if minute]
        self._firsts = [table * self._slots for table in taken]
        self._last = {minutes[table]: table for table in sorted(taken, key=lambda table: -self._used[table])}

    # Subscriptions.

    def knows(self, subscription: int, day: date) -> bool:
        """Whether it is known what a subscription used on a day."""
        return self._find(_key(subscription, day)) >= 0

    def learn(self, subscription: int, day: date, *, calls: int, busy: float) -> None:
        """A subscription used this much before; what is known already is known better.

        Raises:
            Crowded: there is no room.
        """
        key = _key(subscription, day)
        if self._find(key) >= 0:
            return
        before = self._find(_key(subscription, date.fromordinal(day.toordinal() - 1)))
        place = self._free(key, day)
        self._calls[place] = calls
        self._busy[place] = max(busy, self._busy[before] if before >= 0 else 0.0)
        self._keys[place] = key

    def take(
        self, subscription: int, day: date, *, calls: int, quota: int, pace: tuple[float, int], moment: float
    ) -> tuple[int, int]:
        """Take calls of a subscription: how many keep to the rate, and how many of those to the quota.

        `pace`: tokens a second, and how many the bucket holds. `busy` is when all tokens taken will have flowed in
        again; what lies between now and then is missing in the bucket.

        Raises:
            Crowded: it is not known, since there was no room.
        """
        place, (per_second, burst) = self._find(_key(subscription, day)), pace
        if place < 0:
            raise Crowded
        busy = max(self._busy[place], moment)
        met = min(calls, max(0, int(burst - (busy - moment) * per_second + 0.01)))
        taken = max(0, min(met, quota - self._calls[place]))
        self._busy[place] = busy + met / per_second
        self._calls[place] += taken
        return met, taken

    def _find(self, key: int) -> int:
        place = self._places.get(key, -1)
        if place >= 0 and self._keys[place] == key:
            return place
        for first in self._groups_of(key):
            keys = self._keys[first : first + WAYS].tolist()
            if key in keys:
                if len(self._places) >= MOST_AT_HAND:
                    self._places.clear()
                self._places[key] = place = first + keys.index(key)
                return place
        return -1

    def _free(self, key: int, day: date) -> int:
        """A place that nobody has, or whose day is long over, in the group that has more of them."""
        today, free = day.toordinal(), []
        for first in self._groups_of(key):
            keys = enumerate(self._keys[first : first + WAYS].tolist(), first)
            free.append([place for place, kept in keys if not kept or 1 < (today - kept) % DAYS < DAYS - 1])
        most = max(free, key=len)
        if not most:
            raise Crowded
        return most[0]

    def _groups_of(self, key: int) -> tuple[int, int]:
        """Where the two groups begin: scattered, since keys of a day lie at equal distances."""
        scattered = hash((self._odd, key))
        return scattered % self._groups * WAYS, (scattered >> 32) % self._groups * WAYS


def _key(subscription: int, day: date) -> int:
    return subscription * DAYS + day.toordinal() % DAYS


def _unnamed(size: int) -> int:
    """A file that nobody else can open, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("claims", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as made:
            file = os.dup(made.fileno())
    os.ftruncate(file, size)
    return file
