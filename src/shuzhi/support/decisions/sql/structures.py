"""Lists, contexts, ranges and functions as SQL (结构): taken apart while the query is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.values.types import ANY
from shuzhi.support.decisions.sql import moments
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    Broken,
    Closure,
    Interval,
    Known,
    Listing,
    Record,
    Refused,
    Scalar,
    Shape,
)

if TYPE_CHECKING:
    from shuzhi.support.decisions.sql.expressions import Writer


def path(writer: Writer, node: nodes.Path) -> Shape:
    """`a.b`."""
    source = writer.write(node.source)
    return BROKEN if isinstance(source, Broken) else _member(writer, source, node)


def _member(writer: Writer, source: Shape, node: nodes.Path) -> Shape:
    match source:
        case Known():
            return writer.folded(node, [source]) or NULL
        case Record(entries=entries):
            return entries.get(node.name, NULL)
        case Listing(items=items):
            return Listing(tuple(_member(writer, each, node) for each in items))
        case Interval():
            raise Refused("parts of ranges are not made into SQL", "区间的属性不能转换为 SQL")
        case Scalar():
            return moments.part(source, node.name) or NULL
    raise Refused("this has no parts in SQL", "SQL 中它没有属性")


def listing(writer: Writer, node: nodes.ListLiteral) -> Shape:
    """`[a, b]`."""
    made = writer.parts(*node.items)
    return BROKEN if made is None else Listing(tuple(made))


def context(writer: Writer, node: nodes.ContextLiteral) -> Shape:
    """`{a: 1, b: a + 1}`."""
    entries: dict[str, Shape] = {}
    for entry in node.entries:
        entries[entry.key] = _entry(writer, entry, entries)
    return BROKEN if any(isinstance(each, Broken) for each in entries.values()) else Record(entries)


def _entry(writer: Writer, entry: nodes.Entry, above: Mapping[str, Shape]) -> Shape:
    """An entry sees those above it; a function also itself, which ends in a refusal when it is called."""
    within = dict(above)
    made = writer.binding(within).write(entry.value)
    if not isinstance(entry.value, nodes.FunctionDefinition) or not isinstance(made, Closure):
        return made
    body, parameters = entry.value.body, made.parameters
    own: dict[str, Shape] = {}
    own[entry.key] = Closure(
        entry.key, parameters, lambda given: writer.binding({**within, **own, **given}).write(body)
    )
    return own[entry.key]


def interval(writer: Writer, node: nodes.RangeLiteral) -> Shape:
    """`[a..b]`, to lie in."""
    made = writer.parts(node.start, node.end)
    return BROKEN if made is None else Interval(made[0], made[1], node.start_included, node.end_included)


def bound(_writer: Writer, node: nodes.Bound) -> Shape:
    """`(< a)` as a value."""
    raise Refused("an open range as a value", "开区间不能作为值", node.span)


def closure(writer: Writer, node: nodes.FunctionDefinition) -> Shape:
    """`function(a) b`: written out where it is called."""
    if node.external:
        raise Refused("external functions are never run", "不执行外部函数")
    parameters = tuple(
        (each.name, (type_of_node(each.type, writer.types) if each.type else None) or ANY)
        for each in node.parameters
    )
    return Closure("function", parameters, lambda given: writer.binding(given).write(node.body))
