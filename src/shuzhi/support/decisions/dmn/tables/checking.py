"""Cells against the types and allowed values of their columns: what can be known before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.kinds import Reference, inside
from shuzhi.support.decisions.dmn.model import OutputColumn, Spot, Table, Text
from shuzhi.support.decisions.dmn.tables.cells import constant, is_constant
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_unary_tests
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import text_of
from shuzhi.support.decisions.feel.values.types import (
    MISFIT,
    FeelType,
    Restricted,
    SimpleType,
    coerced,
    kind_of,
)

_NAMES_ZH = {
    "number": "数字",
    "string": "字符串",
    "boolean": "布尔值",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "日时时长",
    "years and months duration": "年月时长",
}


def simple(kind: FeelType) -> SimpleType | None:
    """The simple type that a type restricts or is; None for all others."""
    while isinstance(kind, (Restricted, Reference)):
        kind = kind.base if isinstance(kind, Restricted) else kind.meant()
    return kind if isinstance(kind, SimpleType) else None


def check_column(
    table: Table, at: int, kind: FeelType, cells: Sequence[nodes.Node | None], desk: Desk
) -> None:
    """Note cells whose constants are of another type than the column, or not among its allowed values."""
    column = table.inputs[at]
    allowed = _allows(column.allowed, desk)
    asked = simple(kind)
    if asked is None and allowed is None:
        return
    for rule, node in zip(table.rules, cells, strict=True):
        if not isinstance(node, nodes.UnaryTests):
            continue
        text = rule.tests[at]
        for value, span, is_point in _constants(node):
            if asked is not None and type(value) is not asked.kind:
                here = desk.at(row=rule.number, heading=column.heading)
                _note_type(asked, value, inside(text, span.line, span.column), here)
            elif is_point and not _is_allowed(value, kind, allowed):
                here = desk.at(row=rule.number, heading=column.heading)
                _note_value(value, inside(text, span.line, span.column), here)


def _constants(node: nodes.UnaryTests) -> Iterator[tuple[Any, nodes.Span, bool]]:
    """Every literal of a cell but null, where it stands, and whether it is a value and no end of an interval."""
    for test in node.tests:
        parts: tuple[tuple[nodes.Node, bool], ...] = ((test, True),)
        if isinstance(test, nodes.Bound):
            parts = ((test.endpoint, False),)
        elif isinstance(test, nodes.RangeLiteral):
            parts = ((test.start, False), (test.end, False))
        for part, is_point in parts:
            value = constant(part)
            if is_constant(value) and value is not None:
                yield value, part.span, is_point


def _allows(text: Text | None, desk: Desk) -> Callable[[Any], bool] | None:
    if text is None or not text.text.strip():
        return None
    node = desk.parse_tests(text)
    if node is None:
        return None
    tests = compile_unary_tests(node, types=desk.types)
    return lambda value: tests(Scope({}), value) is True


def _is_allowed(value: Any, kind: FeelType, allowed: Callable[[Any], bool] | None) -> bool:
    return kind.takes(value) and (allowed is None or allowed(value))


def check_output(column: OutputColumn, kind: FeelType, node: nodes.Node, text: Text, desk: Desk) -> None:
    """Note an output whose constant is of another type than its column, or not among its allowed values."""
    value = constant(node)
    if not is_constant(value) or value is None:
        return
    asked, spot = simple(kind), inside(text, node.span.line, node.span.column)
    if asked is not None and type(value) is not asked.kind and coerced(value, asked) is MISFIT:
        _note_type(asked, value, spot, desk)
    elif asked is not None and not _is_allowed(value, kind, _allows(column.allowed, desk)):
        _note_value(value, spot, desk)


def _note_type(asked: SimpleType, value: Any, spot: Spot, desk: Desk) -> None:
    en, zh = kind_of(value)
    name_zh = _NAMES_ZH.get(asked.name, asked.name)
    desk.note(spot, "cell-ill-typed", f"应为{name_zh}，实为{zh}", f"expected {asked.name}, found {en}")


def _note_value(value: Any, spot: Spot, desk: Desk) -> None:
    written = text_of(value)
    zh, en = f"{written} 不在允许的取值内", f"{written} is not among the allowed values"
    desk.note(spot, "value-not-allowed", zh, en)
