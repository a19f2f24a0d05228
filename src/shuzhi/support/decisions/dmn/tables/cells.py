"""Cells that can be looked up (可索引的条件): literals and intervals of one kind; all others are asked one by one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.dmn.tables.index import Bits, ColumnIndex, Exact, Ordered, Span, Test
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.values.dates import Date

ORDERED_KINDS = (Decimal, Date)
_NOTHING = object()


def constant(node: nodes.Node) -> Any:
    """The value of a literal; `_NOTHING` (see `is_constant`) for everything else."""
    match node:
        case nodes.Number(value=value) | nodes.String(value=value) | nodes.Boolean(value=value):
            return value
        case nodes.Null():
            return None
        case nodes.AtLiteral(value=value) if value is not None:
            return value
        case nodes.Negation(operand=nodes.Number(value=value)):
            return value.copy_negate() if value else value
        case nodes.Call(
            function=nodes.Name(name="date"), arguments=(nodes.String(value=text),), parameters=None
        ):
            from shuzhi.support.decisions.feel.values.literals import date_from

            return date_from(text) or _NOTHING
    return _NOTHING


def is_constant(value: Any) -> bool:
    """Whether `constant` found a value."""
    return value is not _NOTHING


def lookup_test(node: nodes.Node) -> tuple[type | None, Test] | None:
    """The kind of values a cell speaks of and what it asks of them; None where it must be evaluated.

    The kind is None for a cell that takes anything or only null.
    """
    if isinstance(node, nodes.AnyTest):
        return None, Test(null=True, negated=True)
    if not isinstance(node, nodes.UnaryTests):
        return None
    found = _Gathered()
    if not all(found.take(each) for each in node.tests):
        return None
    if node.negated and (found.null or found.spans or not found.values):
        return None  # null is no plain "not" for these
    test = Test(tuple(found.values), tuple(found.spans), found.null, node.negated)
    return found.kind, test


class _Gathered:
    def __init__(self) -> None:
        self.kind: type | None = None
        self.values: list[Any] = []
        self.spans: list[Span] = []
        self.null = False

    def take(self, node: nodes.Node) -> bool:
        """Take one test in; False where it can't be looked up or is of another kind than those before."""
        value = constant(node)
        if is_constant(value):
            if value is None:
                self.null = True
                return True
            self.values.append(value)
            return self._is_of(type(value))
        span = _span(node)
        if span is None:
            return False
        self.spans.append(span)
        return all(self._is_of(type(end)) for end in (span.low, span.high) if end is not None)

    def _is_of(self, kind: type) -> bool:
        if self.kind is None:
            self.kind = kind
        return self.kind is kind and (kind in (str, bool) or kind in ORDERED_KINDS)


def _span(node: nodes.Node) -> Span | None:
    match node:
        case nodes.Bound(sign=sign, endpoint=endpoint):
            return _bound(sign, constant(endpoint))
        case nodes.RangeLiteral(start=start, end=end):
            low, high = constant(start), constant(end)
            if type(low) in ORDERED_KINDS and type(low) is type(high) and low <= high:
                return Span(low, high, node.start_included, node.end_included)
    return None


def _bound(sign: str, end: Any) -> Span | None:
    if type(end) not in ORDERED_KINDS:
        return None
    match sign:
        case "<" | "<=":
            return Span(None, end, high_included=sign == "<=")
        case ">" | ">=":
            return Span(end, None, low_included=sign == ">=")
        case "=":
            return Span(end, end)
    return None


def index_column(cells: Iterable[nodes.Node | None]) -> ColumnIndex:
    """The index of a column from its cells' trees; a cell without a tree is asked."""
    always: Bits = 0
    null: Bits = 0
    asked: Bits = 0
    by_kind: dict[type, list[tuple[int, Test]]] = {}
    for row, node in enumerate(cells):
        found = lookup_test(node) if node is not None else None
        if found is None:
            asked |= 1 << row
            continue
        kind, test = found
        if kind is None and test.negated:
            always |= 1 << row
            continue
        if test.null or test.negated:  # nothing equals null but null
            null |= 1 << row
        if kind is not None:
            by_kind.setdefault(kind, []).append((row, test))
    lookups = {
        kind: (Ordered if kind in ORDERED_KINDS else Exact)(tests).rows for kind, tests in by_kind.items()
    }
    return ColumnIndex(always, null, asked, dict(lookups), bool(by_kind) or bool(null))
