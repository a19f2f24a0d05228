"""Hit policies (命中策略): what the rows that hit make together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.boxes.desk import report
from shuzhi.support.decisions.dmn.model import Aggregation, HitPolicy
from shuzhi.support.decisions.dmn.tables.running import CompiledTable
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import equal, less
from shuzhi.support.decisions.feel.values.numbers import CONTEXT, ZERO, number_of

Choose = Callable[[CompiledTable, Scope, list[int]], Any]
Rank = Callable[[Any], tuple[int, ...]]


def chooser(policy: HitPolicy, aggregation: Aggregation | None, rank: Rank) -> Choose:  # noqa: PLR0911 - one a policy
    """How a table of this policy makes its answer; `rank` orders outputs by priority, the first first."""
    match policy:
        case HitPolicy.UNIQUE:
            return _unique
        case HitPolicy.FIRST:
            return lambda table, scope, hits: table.outputs[hits[0]](scope)
        case HitPolicy.ANY:
            return _any
        case HitPolicy.PRIORITY:
            return lambda table, scope, hits: min(_outputs(table, scope, hits), key=rank)
        case HitPolicy.OUTPUT_ORDER:
            return lambda table, scope, hits: sorted(_outputs(table, scope, hits), key=rank)
        case HitPolicy.COLLECT if aggregation:
            return _AGGREGATES[aggregation]
    return _outputs


def _outputs(table: CompiledTable, scope: Scope, hits: list[int]) -> list[Any]:
    return [table.outputs[row](scope) for row in hits]


def _unique(table: CompiledTable, scope: Scope, hits: list[int]) -> Any:
    if len(hits) == 1:
        return table.outputs[hits[0]](scope)
    rows = ", ".join(str(table.table.rules[row].number) for row in hits[:10])
    words = Words(
        zh=f"唯一命中的表命中了多行：{rows}", en=f"several rows hit in a table of unique hits: {rows}"
    )
    report(scope, Problem("rows-overlap", words, table.place))
    return None


def _any(table: CompiledTable, scope: Scope, hits: list[int]) -> Any:
    first, *others = _outputs(table, scope, hits)
    if all(equal(first, other) is True for other in others):
        return first
    rows = ", ".join(str(table.table.rules[row].number) for row in hits[:10])
    words = Words(zh=f"命中的各行输出不一致：{rows}", en=f"the rows that hit have different outputs: {rows}")
    report(scope, Problem("rows-disagree", words, table.place))
    return None


def _count(_table: CompiledTable, _scope: Scope, hits: list[int]) -> Any:
    return number_of(len(hits))


def _sum(table: CompiledTable, scope: Scope, hits: list[int]) -> Any:
    if not hits:
        return None
    total = ZERO
    for value in _outputs(table, scope, hits):
        if type(value) is not type(ZERO):
            return _not_aggregated(table, scope)
        total = CONTEXT.add(total, value)
    return total


def _least(table: CompiledTable, scope: Scope, hits: list[int]) -> Any:
    return _extreme(table, scope, hits, less)


def _greatest(table: CompiledTable, scope: Scope, hits: list[int]) -> Any:
    return _extreme(table, scope, hits, lambda left, right: less(right, left))


def _extreme(
    table: CompiledTable, scope: Scope, hits: list[int], before: Callable[[Any, Any], bool | None]
) -> Any:
    values = _outputs(table, scope, hits)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        found = before(value, best)
        if found is None:
            return _not_aggregated(table, scope)
        best = value if found else best
    return best


def _not_aggregated(table: CompiledTable, scope: Scope) -> None:
    words = Words(zh="命中各行的输出无法汇总", en="the outputs of the rows that hit can't be aggregated")
    report(scope, Problem("not-aggregated", words, table.place))


_AGGREGATES: dict[Aggregation, Choose] = {
    Aggregation.COUNT: _count,
    Aggregation.SUM: _sum,
    Aggregation.MIN: _least,
    Aggregation.MAX: _greatest,
}
