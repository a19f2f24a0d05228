"""A compiled table at work: the inputs' values, the rows that hit, the answer, and the explanation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import FailedRow, Problem, Why
from shuzhi.support.decisions.dmn.boxes.desk import Run, report
from shuzhi.support.decisions.dmn.model import HitPolicy, Table
from shuzhi.support.decisions.dmn.notes import Notes
from shuzhi.support.decisions.dmn.tables.explaining import explain, undecided
from shuzhi.support.decisions.dmn.tables.index import Bits, ColumnIndex, rows_of
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.types import FeelType
from shuzhi.support.decisions.types import Place

Tests = Callable[[Scope, Any], bool | None]


@dataclass(eq=False, slots=True)
class Column:
    """An input: its value, the values that are allowed, the index, and each row's test for what has no index."""

    heading: str
    run: Run
    kind: FeelType
    allowed: Tests | None
    index: ColumnIndex
    tests: Callable[[int], Tests]
    texts: tuple[str, ...]
    name: str  # the variable that is tested, where the expression is no more than its name
    place: Place


@dataclass(eq=False, slots=True)
class CompiledTable:
    """A decision table that can be called with a scope."""

    table: Table
    columns: tuple[Column, ...]
    outputs: tuple[Callable[[Scope], Any], ...]  # one a row
    constants: tuple[Any, ...] | None  # the rows' outputs where all are known beforehand
    choose: Callable[[CompiledTable, Scope, list[int]], Any]
    otherwise: Run | None
    place: Place
    everything: Bits = 0
    asked: Bits = 0
    dated: bool = False
    valid_on: dict[date, Bits] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know which rows there are, which are dated, and which must be asked."""
        self.everything = (1 << len(self.table.rules)) - 1
        self.dated = any(rule.period for rule in self.table.rules)
        for column in self.columns:
            self.asked |= column.index.asked

    def __call__(self, scope: Scope) -> Any:
        """The table's answer."""
        valid = self._valid(scope)
        values = self._values(scope) if valid is not None else None
        if valid is None or values is None:
            return None
        hits = self.hits(scope, values, valid)
        notes: Any = scope.problems
        if isinstance(notes, Notes):
            if notes.tables is not None:
                notes.tables.append(explain(self, scope, values, valid, hits))
            if notes.strict:
                self._doubt(scope, undecided(self, scope, values, valid, hits))
        if hits:
            return self.choose(self, scope, hits)
        return self.nothing(scope)

    def _doubt(self, scope: Scope, row: FailedRow | None) -> None:
        """A row of which it can't be told whether it hits makes the whole answer doubtful."""
        if row is None:
            return
        zh, en = f"第 {row.row} 行无法判断", f"it can't be told whether row {row.row} holds"
        if row.why is Why.MISSING:
            words = Words(zh=f"{zh}，缺：{row.heading}", en=f"{en}, missing: {row.heading}")
            problem = Problem("row-undecided", words, self.place, row.name, "missing")
        else:
            words = Words(zh=f"{zh}：{row.heading}", en=f"{en}: {row.heading}")
            problem = Problem("row-undecided", words, self.place, row.name, "ill-typed")
        report(scope, problem)

    def nothing(self, scope: Scope) -> Any:
        """What the table says when no row hits."""
        if self.otherwise is not None:
            return self.otherwise(scope)
        if self.table.hit_policy is HitPolicy.COLLECT and self.table.aggregation is None:
            return []
        if self.table.aggregation is not None:
            return self.choose(self, scope, [])
        return None

    def valid(self, day: date) -> Bits:
        """The rows that are valid on a day."""
        if day not in self.valid_on:
            if len(self.valid_on) > 1000:  # noqa: PLR2004 - days come and go, memory does not
                self.valid_on.clear()
            rules = enumerate(self.table.rules)
            self.valid_on[day] = sum(
                1 << at for at, rule in rules if not rule.period or rule.period.holds(day)
            )
        return self.valid_on[day]

    def _valid(self, scope: Scope) -> Bits | None:
        if not self.dated:
            return self.everything
        day = scope.problems.day if isinstance(scope.problems, Notes) else None
        if day is None:
            words = Words(zh="规则有时效，须指明按哪一天判断", en="the rules are dated: say as of which day")
            report(scope, Problem("day-missing", words, self.place, "as_of"))
            return None
        return self.valid(day)

    def _values(self, scope: Scope) -> list[Any] | None:
        values = [column.run(scope) for column in self.columns]
        for column, value in zip(self.columns, values, strict=True):
            if column.allowed is not None and not _is_allowed(column.allowed, scope, value):
                report(scope, _not_allowed(column, value))
                return None
        return values

    def hits(self, scope: Scope, values: Sequence[Any], valid: Bits) -> list[int]:
        """The rows, from 0, whose conditions all hold."""
        bits, slow = valid, []
        for column, value in zip(self.columns, values, strict=True):
            found = column.index.rows(value)
            if found is None:
                slow.append((column, value))
            else:
                bits &= found
        rows = rows_of(bits)
        if slow or bits & self.asked:
            rows = [row for row in rows if self._holds(scope, row, values, slow)]
        return rows

    def _holds(
        self, scope: Scope, row: int, values: Sequence[Any], slow: Sequence[tuple[Column, Any]]
    ) -> bool:
        bit = 1 << row
        for column, value in zip(self.columns, values, strict=True):
            if column.index.asked & bit and column.tests(row)(scope, value) is not True:
                return False
        return all(column.tests(row)(scope, value) is True for column, value in slow)


def _is_allowed(allowed: Tests, scope: Scope, value: Any) -> bool:
    """Whether a value, or each one of a list of them, is among those that a column allows."""
    if isinstance(value, list) and allowed(scope, value) is not True:
        return bool(value) and all(allowed(scope, each) is True for each in value)
    return allowed(scope, value) is True


def _not_allowed(column: Column, value: Any) -> Problem:
    heading = column.heading
    if value is None:
        words = Words(zh=f"缺：{heading}", en=f"{heading} is missing")
        return Problem("missing", words, column.place, column.name, "missing")
    words = Words(zh=f"“{heading}”的取值不在允许范围内", en=f"the value of “{heading}” is not allowed")
    return Problem("not-allowed", words, column.place, column.name, "ill-typed")
