"""Rows that one case may hit together (行重叠): a table of unique hits must have none (8.2.10).

What can be looked up is compared: literals, intervals and their negations; a row with a cell that must be evaluated is
left to the evaluation, which says so when it happens. Where a column's values are restricted, only single values are
compared: two intervals may share nothing that is allowed. Rows are bits, as in the index, so a table of n rows costs n
steps a column and not n².
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.model import HitPolicy, Table
from shuzhi.support.decisions.dmn.tables.cells import ORDERED_KINDS, lookup_test
from shuzhi.support.decisions.dmn.tables.dating import ALWAYS, conditions
from shuzhi.support.decisions.dmn.tables.index import Bits, Span, Test
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.values.dates import Date, date_from_ordinal

Cells = Sequence[nodes.Node | None]
NAMED = 10
LOOKED_AT = 200
PATIENCE = (
    1_000_000  # pairs of negations and other tests; a table with more of them is left to the evaluation
)
_Range = tuple[int, int]  # of regions: 2i+1 is the i-th end, 2i the gap before it; the second is not included


def check_overlaps(table: Table, columns: Sequence[tuple[Cells, bool]], desk: Desk) -> None:
    """Note each row of a table of unique hits that a case may hit together with an earlier one.

    `columns` are the cells of each, and whether its values are restricted.
    """
    if table.hit_policy is not HitPolicy.UNIQUE or len(table.rules) < 2:  # noqa: PLR2004 - one row can't overlap
        return
    together = [(1 << row) - 1 for row in range(len(table.rules))]  # the earlier rows
    for cells, restricted in columns:
        for row, bits in enumerate(_Column(cells, restricted=restricted).overlapping()):
            together[row] &= bits
    for row, bits in enumerate(together):
        rule = table.rules[row]
        numbers = list(islice(_at_one_time(table, row, bits), NAMED))
        if numbers:
            said = "、".join(map(str, numbers)), ", ".join(map(str, numbers))
            zh = f"唯一命中的表中，第 {rule.number} 行可与第 {said[0]} 行同时命中"
            en = f"in a table of unique hits row {rule.number} may hit together with row {said[1]}"
            desk.at(row=rule.number).note(rule.spot, "rows-overlap", zh, en)


def _at_one_time(table: Table, row: int, others: Bits) -> Iterator[int]:
    """The numbers of those rows that are valid on a day on which the row is; versions of one rule are told elsewhere."""
    rule = table.rules[row]
    period = rule.period or ALWAYS
    for _ in range(LOOKED_AT):
        if not others:
            return
        low = others & -others
        others ^= low
        other = table.rules[low.bit_length() - 1]
        is_version = (rule.period or other.period) and conditions(rule) == conditions(other)
        if not is_version and (other.period or ALWAYS).meets(period):
            yield other.number


class _Column:
    """The tests of a column that can be looked up, and what each has in common with others."""

    def __init__(self, cells: Cells, *, restricted: bool) -> None:
        self.count = len(cells)
        self.anything: Bits = 0
        self.null: Bits = 0
        self.tests: dict[type, list[tuple[int, Test]]] = {}
        for row, node in enumerate(cells):
            found = lookup_test(node) if node is not None else None
            if found is None:
                continue
            kind, test = found
            if kind is None and test.negated:
                self.anything |= 1 << row
                continue
            if restricted and (test.negated or test.spans):
                continue
            if test.null:
                self.null |= 1 << row
            if kind is not None:
                self.tests.setdefault(kind, []).append((row, test))

    def overlapping(self) -> Iterator[Bits]:
        """For each row the rows that take a value which it takes too; none for a row that can't be looked up."""
        known = [0] * self.count
        everything = self.anything | self.null
        for kind, tests in self.tests.items():
            common = _ordered if kind in ORDERED_KINDS else _exact
            for row, bits in common(tests):
                known[row] = bits | self.anything
                everything |= 1 << row
        negated = sum(1 << row for tests in self.tests.values() for row, test in tests if test.negated)
        for row, bits in enumerate(known):
            bit = 1 << row
            if self.anything & bit:
                yield everything
            elif self.null & bit:
                yield bits | self.anything | self.null | negated
            else:
                yield bits | self.null if negated & bit else bits


def _exact(tests: list[tuple[int, Test]]) -> Iterator[tuple[int, Bits]]:
    """Strings and booleans: by the values that two rows share."""
    plain: dict[Any, Bits] = {}
    for row, test in tests:
        if not test.negated:
            for value in test.values:
                plain[value] = plain.get(value, 0) | 1 << row
    others = [(row, test) for row, test in tests if test.negated]
    if len(others) * (len(tests) + len(plain)) > PATIENCE:
        others, tests = [], [(row, test) for row, test in tests if not test.negated]
    for row, test in tests:
        if test.negated:
            bits = sum(1 << each for each, other in others if _leave_one(test, other))
            taken = (mine for value, mine in plain.items() if value not in test.values)
        else:
            bits = sum(1 << each for each, other in others if set(test.values) - set(other.values))
            taken = (plain[value] for value in test.values)
        for mine in taken:
            bits |= mine
        yield row, bits


def _leave_one(one: Test, two: Test) -> bool:
    """Whether two negations leave a value for both: of booleans there are only two."""
    excluded = {*one.values, *two.values}
    return not excluded >= {True, False} or not all(type(each) is bool for each in excluded)


def _ordered(tests: list[tuple[int, Test]]) -> Iterator[tuple[int, Bits]]:
    """Numbers and dates: two intervals meet where one starts within the other, or covers its start."""
    ranges = [(row, own) for row, own in _ranges_of(tests) if own]
    starts: list[tuple[int, int]] = sorted((first, row) for row, own in ranges for first, _ in own)
    places = [first for first, _ in starts]
    covering = _covering(ranges)
    sums: list[Bits] = [0]
    once = {row for row, own in ranges if len(own) == 1}
    for _, row in starts:
        sums.append(sums[-1] ^ (1 << row) if row in once else sums[-1])
    several = [(row, own) for row, own in ranges if len(own) > 1]
    if len(several) * len(ranges) > PATIENCE:
        several = []
    for row, own in ranges:
        bits = 0
        for first, after in own:
            bits |= covering[first]
            bits |= sums[bisect_left(places, after)] ^ sums[bisect_left(places, first)]
        for other, parts in several:
            if any(a < after and first < b for first, after in own for a, b in parts):
                bits |= 1 << other
        yield row, bits


def _ranges_of(tests: list[tuple[int, Test]]) -> list[tuple[int, list[_Range]]]:
    """The regions that each row takes, as ranges that do not touch."""
    spans = [
        (row, test.negated, [closed for each in _spans(test) if (closed := _closed(each))])
        for row, test in tests
    ]
    ends = sorted(
        {end for _, _, own in spans for each in own for end in (each.low, each.high) if end is not None}
    )
    last = 2 * len(ends) + 1
    return [(row, _regions(own, ends, last, negated=negated)) for row, negated, own in spans]


def _spans(test: Test) -> list[Span]:
    return [*(Span(value, value) for value in test.values), *test.spans]


def _closed(span: Span) -> Span | None:
    """Days are counted: what lies between two that follow one another is nothing."""
    low, high, low_included, high_included = span.low, span.high, span.low_included, span.high_included
    if isinstance(low, Date) and not low_included:
        low, low_included = date_from_ordinal(low.ordinal + 1), True
    if isinstance(high, Date) and not high_included:
        high, high_included = date_from_ordinal(high.ordinal - 1), True
    is_empty = (
        low is not None
        and high is not None
        and (low > high or (low == high and not (low_included and high_included)))
    )
    return None if is_empty else Span(low, high, low_included, high_included)


def _regions(own: list[Span], ends: list[Any], last: int, *, negated: bool) -> list[_Range]:
    taken: list[_Range] = []
    for first, after in sorted(_region(each, ends, last) for each in own):
        if taken and first <= taken[-1][1]:
            taken[-1] = (taken[-1][0], max(after, taken[-1][1]))
        else:
            taken.append((first, after))
    if not negated:
        return taken
    edges = [0, *(edge for each in taken for edge in each), last]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(first, after) for first, after in pairs if first < after]


def _region(span: Span, ends: list[Any], last: int) -> _Range:
    first, after = 0, last
    if span.low is not None:
        first = 2 * bisect_left(ends, span.low) + (1 if span.low_included else 2)
    if span.high is not None:
        after = 2 * bisect_left(ends, span.high) + (2 if span.high_included else 1)
    return first, after


def _covering(ranges: list[tuple[int, list[_Range]]]) -> dict[int, Bits]:
    """At each start of a range the rows that take the region there."""
    changes: dict[int, Bits] = {}
    for row, own in ranges:
        for first, after in own:
            changes[first] = changes.get(first, 0) ^ (1 << row)
            changes[after] = changes.get(after, 0) ^ (1 << row)
    held, found = 0, {}
    for at in sorted(changes):
        held ^= changes[at]
        found[at] = held
    return found
