"""How many different values: exact while there are few, then estimated in flat memory (k minimum values)."""

from __future__ import annotations

import heapq
from hashlib import blake2b

SPACE = float(2**64)


class DistinctCount:
    """Counts different texts. Beyond `exact_up_to` it keeps the smallest hashes only (error about 1/√kept)."""

    def __init__(self, exact_up_to: int) -> None:
        self._limit = exact_up_to
        self._kept = max(1_024, exact_up_to // 8)
        self._seen: set[int] = set()
        self._largest: list[int] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether nothing had to be estimated."""
        return self._largest is None

    def add(self, text: str) -> None:
        """Count one text."""
        mark = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        if mark in self._seen:
            return
        if self._largest is None:
            self._seen.add(mark)
            if len(self._seen) > self._limit:
                self._shrink()
        elif mark < -self._largest[0]:
            self._seen.add(mark)
            self._seen.discard(-heapq.heapreplace(self._largest, -mark))

    def _shrink(self) -> None:
        self._seen = set(heapq.nsmallest(self._kept, self._seen))
        self._largest = [-mark for mark in self._seen]
        heapq.heapify(self._largest)

    def count(self) -> int:
        """The number of different texts, or its estimate."""
        if self._largest is None:
            return len(self._seen)
        return round((self._kept - 1) * SPACE / -self._largest[0])
