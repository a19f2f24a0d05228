"""What a table did, row by row, for the trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shuzhi.support.decisions.dmn.answers import FailedRow, HitRow, TableTrace, Why
from shuzhi.support.decisions.dmn.tables.index import Bits, rows_of
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import to_python

if TYPE_CHECKING:
    from shuzhi.support.decisions.dmn.tables.running import CompiledTable

LISTED = 12  # failed rows that a trace lists; the nearest ones


def explain(
    table: CompiledTable, scope: Scope, values: Sequence[Any], valid: Bits, hits: list[int]
) -> TableTrace:
    """The rows that hit, with their conditions, and the nearest that did not, with what kept them from it."""
    quiet = Scope(scope.variables, limits=scope.limits, now=scope.now)
    hit = set(hits)
    missed = [row for row in rows_of(valid) if row not in hit]
    failed = sorted((_failed(table, quiet, values, row) for row in missed), key=_nearness)
    return TableTrace(
        policy=_policy(table),
        rows=len(table.table.rules),
        valid=valid.bit_count(),
        hits=tuple(_hit(table, row) for row in hits[:LISTED]),
        failed=tuple(sorted(failed[:LISTED], key=lambda each: each.row)),
        failed_count=len(failed),
        default=not hits and table.otherwise is not None,
    )


def _nearness(row: FailedRow) -> tuple[int, int]:
    return -row.passed, row.row


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


def _failed(table: CompiledTable, scope: Scope, values: Sequence[Any], row: int) -> FailedRow:
    """The first condition that is false; where none is, the first whose answer is not known."""
    answers = [_answer(table, scope, values, row, at) for at in range(len(values))]
    failing = [at for at, why in enumerate(answers) if why is not None]
    at = next((at for at in failing if answers[at] is Why.FALSE), failing[0])
    column = table.columns[at]
    why = answers[at] or Why.FALSE
    number = table.table.rules[row].number
    passed = len(values) - len(failing)
    return FailedRow(number, column.heading, column.texts[row], to_python(values[at]), why, passed)


def _answer(table: CompiledTable, scope: Scope, values: Sequence[Any], row: int, at: int) -> Why | None:
    column, value = table.columns[at], values[at]
    found = column.tests(row)(scope, value)
    if found is True:
        return None
    if value is None:
        return Why.MISSING
    return Why.FALSE if found is False else Why.UNKNOWN
