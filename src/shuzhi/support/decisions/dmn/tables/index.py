"""Indexes of a table's columns (索引): which rows a value satisfies, as the bits of one integer.

Equality is looked up in a dict, intervals by bisection: the ends of all intervals of a column cut the line into
points and gaps, and each point and gap knows its rows. A row is one bit; the columns are joined by `&`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Bits = int


@dataclass(frozen=True, slots=True)
class Span:
    """An interval; an end that is None is open without limit."""

    low: Any
    high: Any
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True)
class Test:
    """What one cell asks, as far as it can be looked up: any of the values or spans, or (negated) none."""

    values: tuple[Any, ...] = ()
    spans: tuple[Span, ...] = ()
    null: bool = False
    negated: bool = False


class Exact:
    """Rows by equal values: strings and booleans."""

    __slots__ = ("found", "others")

    def __init__(self, tests: Iterable[tuple[int, Test]]) -> None:
        """Take the tests in, each with the number of its row from 0."""
        tests = list(tests)
        self.others: Bits = sum(1 << row for row, test in tests if test.negated)
        self.found: dict[Any, Bits] = {}
        for row, test in tests:
            for value in set(test.values):
                self.found[value] = self.found.get(value, self.others) ^ (1 << row)

    def rows(self, value: Any) -> Bits:
        """The rows that the value satisfies."""
        return self.found.get(value, self.others)


class Ordered:
    """Rows by values and intervals of an ordered kind: numbers and dates."""

    __slots__ = ("points", "regions")

    def __init__(self, tests: Iterable[tuple[int, Test]]) -> None:
        """Take the tests in, each with the number of its row from 0."""
        tests = list(tests)
        ends = {end for _, test in tests for end in _ends(test)}
        self.points: list[Any] = sorted(ends)
        last = 2 * len(self.points)  # region 2i is the gap before point i, region 2i+1 the point itself
        changes: list[Bits] = [0] * (last + 2)
        for row, test in tests:
            bit = 1 << row
            if test.negated:
                changes[0] ^= bit
            for first, after in _merged([self._regions(span, last) for span in _spans(test)]):
                changes[first] ^= bit
                changes[after] ^= bit
        self.regions = _running(changes[:-1])

    def _regions(self, span: Span, last: int) -> tuple[int, int]:
        first, after = 0, last + 1
        if span.low is not None:
            first = 2 * bisect_left(self.points, span.low) + (1 if span.low_included else 2)
        if span.high is not None:
            after = 2 * bisect_left(self.points, span.high) + (2 if span.high_included else 1)
        return first, max(first, after)

    def rows(self, value: Any) -> Bits:
        """The rows that the value satisfies."""
        points = self.points
        at = bisect_left(points, value)
        if at < len(points) and points[at] == value:
            return self.regions[2 * at + 1]
        return self.regions[2 * at]


def _spans(test: Test) -> list[Span]:
    return [*(Span(value, value) for value in test.values), *test.spans]


def _ends(test: Test) -> Iterable[Any]:
    yield from test.values
    for span in test.spans:
        yield from (end for end in (span.low, span.high) if end is not None)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, after in sorted(ranges):
        if after <= first:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(after, merged[-1][1]))
        else:
            merged.append((first, after))
    return merged


def _running(changes: Sequence[Bits]) -> list[Bits]:
    held, regions = 0, []
    for change in changes:
        held ^= change
        regions.append(held)
    return regions


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """One column: rows that take anything, rows that take null, rows by kind of value, rows to be asked."""

    always: Bits
    null: Bits
    asked: Bits  # rows whose test can't be looked up
    kinds: dict[type, Callable[[Any], Bits]]
    tested: bool  # whether any row is in `kinds`

    def rows(self, value: Any) -> Bits | None:
        """The rows that may hold; None where the value's kind has no index and each row must be asked."""
        if value is None:
            return self.always | self.null | self.asked
        lookup = self.kinds.get(type(value))
        if lookup is None:
            return None if self.tested else self.always | self.asked
        return lookup(value) | self.always | self.asked


def rows_of(bits: Bits) -> list[int]:
    """The numbers of the rows whose bits are set, ascending, from 0."""
    rows = []
    while bits:
        low = bits & -bits
        rows.append(low.bit_length() - 1)
        bits ^= low
    return rows
