"""How many different values: exact while there are few, then estimated in flat memory (k minimum values)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from hashlib import blake2b

SPACE = float(2**64)


class Budget:
    """How many hashes all the counts of one file may hold together."""

    def __init__(self, hashes: int) -> None:
        self.left = hashes


class DistinctCount:
    """Counts different texts. When the budget is spent it keeps the smallest hashes only (error about 1 %)."""

    def __init__(self, budget: Budget, kept: int = 8_192) -> None:
        self._budget = budget
        self._kept = kept
        self._seen: set[int] = set()
        self._largest: list[int] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether nothing had to be estimated."""
        return self._largest is None

    def add(self, text: str) -> bool:
        """Count one text; False when it came before."""
        mark = _mark(text)
        if mark in self._seen:
            return False
        if self._largest is None:
            self._seen.add(mark)
            self._budget.left -= 1
            if self._budget.left < 0 and len(self._seen) > self._kept:
                self._shrink()
        elif mark < -self._largest[0]:
            self._seen.add(mark)
            self._seen.discard(-heapq.heapreplace(self._largest, -mark))
        return True

    def _shrink(self) -> None:
        self._budget.left += len(self._seen) - self._kept
        self._seen = set(heapq.nsmallest(self._kept, self._seen))
        self._largest = [-mark for mark in self._seen]
        heapq.heapify(self._largest)

    def count(self) -> int:
        """The number of different texts, or its estimate."""
        if self._largest is None:
            return len(self._seen)
        return round((self._kept - 1) * SPACE / -self._largest[0])


class RowCopies:
    """Finds rows that are exact copies of an earlier one. Beyond the budget nothing is known of any row."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._first: dict[int, int] = {}
        self.copies = 0
        self.is_exact = True

    def original(self, number: int, values: Sequence[str | None]) -> int | None:
        """The row of which this one is a copy."""
        if not self.is_exact:
            return None
        mark = _mark("\x1f".join([value or "" for value in values]))
        first = self._first.setdefault(mark, number)
        if first != number:
            self.copies += 1
            return first
        self._budget.left -= 1
        if self._budget.left < 0:
            self._budget.left += len(self._first)
            self._first, self.is_exact = {}, False
        return None


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
