"""What a table did, row by row, for the trace."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from shuzhi.support.decisions.dmn.answers import FailedRow, HitRow, TableTrace, Why
from shuzhi.support.decisions.dmn.model import HitPolicy
from shuzhi.support.decisions.dmn.tables.index import Bits, rows_of
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import to_python

if TYPE_CHECKING:
    from shuzhi.support.decisions.dmn.tables.running import CompiledTable

LISTED = 8  # failed rows that a trace lists; the nearest ones


def explain(
    table: CompiledTable, scope: Scope, values: Sequence[Any], valid: Bits, hits: list[int]
) -> TableTrace:
    """The rows that hit, with their conditions, and the nearest that did not, with what kept them from it."""
    answers = _Answers(table, scope, values)
    failed, missed = answers.nearest(valid & ~sum(1 << row for row in hits))
    return TableTrace(
        policy=_policy(table),
        rows=len(table.table.rules),
        valid=valid.bit_count(),
        hits=tuple(_hit(table, row) for row in hits[:LISTED]),
        failed=failed,
        failed_count=missed,
        default=not hits and table.otherwise is not None,
    )


def undecided(
    table: CompiledTable, scope: Scope, values: Sequence[Any], valid: Bits, hits: list[int]
) -> FailedRow | None:
    """The first row of which it can't be told whether it hits: no condition is false, some has no answer."""
    answers = _Answers(table, scope, values)
    last = hits[0] if hits and table.table.hit_policy is HitPolicy.FIRST else len(table.table.rules)
    for row in rows_of(valid & ~sum(1 << each for each in hits)):
        if row < last and (found := answers.failed(row)).why is not Why.FALSE:
            return found
    return None


class _Answers:
    """What each row's condition in each column says: from the index where there is one."""

    def __init__(self, table: CompiledTable, scope: Scope, values: Sequence[Any]) -> None:
        self.table, self.values, self.outer = table, values, scope
        self.aside: Scope | None = None
        self.passing = [column.index.rows(value) for column, value in zip(table.columns, values, strict=True)]

        self.indexed = not table.asked and None not in self.passing

    def nearest(self, missed: Bits) -> tuple[tuple[FailedRow, ...], int]:
        """The rows with the fewest conditions that fail, in the order of the table; and how many there are in all."""
        count = missed.bit_count()
        if self.indexed:
            return self._nearest_by_bits(missed), count
        rows = list(rows_of(missed))
        if count > LISTED:
            rows = sorted(nsmallest(LISTED, rows, key=lambda row: len(self.failing(row))))
        return tuple(self.failed(row) for row in rows), count

    def _nearest_by_bits(self, missed: Bits) -> tuple[FailedRow, ...]:
        """The same where every condition is looked up: rows by how many fail, counted for all rows at once."""
        failing = [missed & ~bits for bits in self.passing if bits is not None]
        levels = [missed]  # levels[n]: the rows of which n conditions fail so far
        for bits in failing:
            levels.append(0)
            for at in range(len(levels) - 1, 0, -1):
                levels[at] = (levels[at] & ~bits) | (levels[at - 1] & bits)
            levels[0] &= ~bits
        wanted: list[tuple[int, int]] = []
        for fails, bits in enumerate(levels):
            while bits and len(wanted) < LISTED:
                low = bits & -bits
                wanted.append((low.bit_length() - 1, fails))
                bits ^= low  # noqa: PLW2901 - row by row, only as many as are listed
        wanted.sort()
        # What is false says more than what is not known.
        order = sorted(range(len(failing)), key=lambda at: self.values[at] is None)
        asked = [(failing[at], self.table.columns[at], *self._found(at)) for at in order]
        rules, width = self.table.table.rules, len(self.values)
        rows = []
        for row, fails in wanted:
            for bits, column, found, why in asked:
                if bits >> row & 1:
                    texts = column.texts
                    rows.append(
                        FailedRow(
                            rules[row].number,
                            column.heading,
                            texts[row],
                            found,
                            why,
                            width - fails,
                            column.name,
                        )
                    )
                    break
        return tuple(rows)

    def _found(self, at: int) -> tuple[Any, Why]:
        value = self.values[at]
        return to_python(value), _missed(value)

    def failing(self, row: int) -> list[tuple[int, Why]]:
        """The columns whose condition does not hold, and why."""
        found = ((at, self._why(row, at)) for at in range(len(self.values)))
        return [(at, why) for at, why in found if why is not None]

    def failed(self, row: int) -> FailedRow:
        """The first condition that is false; where none is, the first whose answer is not known."""
        failing = self.failing(row)
        at, why = next((pair for pair in failing if pair[1] is Why.FALSE), failing[0])
        column = self.table.columns[at]
        number = self.table.table.rules[row].number
        passed = len(self.values) - len(failing)
        found = to_python(self.values[at])
        return FailedRow(number, column.heading, column.texts[row], found, why, passed, column.name)

    @property
    def scope(self) -> Scope:
        """A scope like the outer one, whose problems are nobody's."""
        if self.aside is None:
            self.aside = Scope(self.outer.variables, limits=self.outer.limits, now=self.outer.now)
        return self.aside

    def _why(self, row: int, at: int) -> Why | None:
        column, value, passing = self.table.columns[at], self.values[at], self.passing[at]
        if passing is not None and not column.index.asked >> row & 1:
            if passing >> row & 1:
                return None
            return _missed(value)
        found = column.tests(row)(self.scope, value)
        if found is True:
            return None
        if value is None:
            return Why.MISSING
        return Why.FALSE if found is False else Why.UNKNOWN


def _missed(value: Any) -> Why:
    return Why.MISSING if value is None else Why.FALSE


def _policy(table: CompiledTable) -> str:
    aggregation = table.table.aggregation
    return (
        f"{table.table.hit_policy.value} {aggregation.value}" if aggregation else table.table.hit_policy.value
    )


def _hit(table: CompiledTable, row: int) -> HitRow:
    rule = table.table.rules[row]
    conditions = tuple(
        (column.heading, column.texts[row]) for column in table.columns if column.texts[row] not in ("-", "")
    )
    said = tuple(pair for pair in zip(table.table.annotations, rule.annotations, strict=False) if pair[1])
    return HitRow(rule.number, conditions, said, rule.bases, rule.period)
