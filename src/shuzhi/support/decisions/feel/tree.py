"""The tree as JSON, for evaluators that parse nothing (the browser), and back.

A node is `[kind, [start, end, line, column], field, …]` with its fields in the order of `nodes`; numbers are texts, so
that no digit is lost. `as_json` adds the version; whoever reads an unknown one must refuse it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal, DecimalException
from functools import cache
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node, Span
from shuzhi.support.decisions.feel.values.literals import at_literal
from shuzhi.support.decisions.feel.values.numbers import number_of

VERSION = 1
LEVELS = 200
# `declared` is left out where it is true, the value of an `@` literal follows from its text.
_DERIVED = frozenset((("AtLiteral", "value"),))
KINDS: dict[str, type[Node]] = {
    name: kind
    for name, kind in vars(nodes).items()
    if isinstance(kind, type) and issubclass(kind, Node) and kind not in (Node, nodes.TypeNode)
}


class TreeRefused(PlatformError):
    """This is no tree of a rule: {why}."""

    code = "feel.tree_refused"
    zh = "这不是规则的语法树：{why}"
    http_status = 422


def as_json(node: Node) -> dict[str, Any]:
    """The tree with its version, ready for `json.dumps`.

    Raises:
        LimitExceeded: the tree is too deep for other readers.
    """
    return {"v": VERSION, "tree": packed(node)}


def packed(node: Node, level: int = 0) -> list[Any]:
    """The tree alone.

    Raises:
        LimitExceeded: the tree is too deep for other readers.
    """
    if level > LEVELS:
        raise LimitExceeded(limit=LEVELS, what="levels in a text", what_zh="表达式嵌套层数")
    made: list[Any] = [type(node).__name__, list(node.span)]
    made += [_packed(getattr(node, name), level) for name in _names(type(node).__name__)]
    if isinstance(node, nodes.Name) and node.declared:
        made.pop()
    return made


@cache
def _names(kind: str) -> tuple[str, ...]:
    names = (each.name for each in fields(KINDS[kind]) if each.name != "span")
    return tuple(name for name in names if (kind, name) not in _DERIVED)


def _packed(value: Any, level: int) -> Any:
    if isinstance(value, Node):
        return packed(value, level + 1)
    if isinstance(value, tuple):
        return [_packed(each, level) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def from_json(document: Mapping[str, Any]) -> Node:
    """The tree of a document.

    Raises:
        TreeRefused: it is none, or of another version.
    """
    if document.get("v") != VERSION:
        raise TreeRefused(why=f"version {document.get('v')!r}")
    try:
        return _unpacked(document.get("tree"))
    except RecursionError:
        raise TreeRefused(why="it is too deep") from None
    except (TypeError, ValueError, DecimalException) as error:
        raise TreeRefused(why=str(error)) from error


def _unpacked(packed_node: Any) -> Node:
    if not _is_node(packed_node):
        raise TypeError(f"no node: {str(packed_node)[:40]}")
    name, span, *values = packed_node
    kind = KINDS[name]
    names = _names(name)
    if len(values) > len(names):
        raise TypeError(f"too many fields for {name}")
    facts = {field: _value(each) for field, each in zip(names, values, strict=False)}
    if kind is nodes.Number:
        facts["value"] = number_of(Decimal(facts["value"]))
    if kind is nodes.AtLiteral:
        facts["value"] = at_literal(facts["text"])
    return kind(**facts, span=Span(*map(int, span)))


def _is_node(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) > 1 and isinstance(value[1], list)
    return is_list and isinstance(value[0], str) and value[0] in KINDS and len(value[1]) == len(Span._fields)


def _value(value: Any) -> Any:
    if _is_node(value):
        return _unpacked(value)
    return tuple(map(_value, value)) if isinstance(value, list) else value
