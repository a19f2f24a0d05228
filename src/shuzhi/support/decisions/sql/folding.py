"""What is known before any row is read (常量): which nodes hang on no variable, and nodes with their operands replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.nodes import Node


def constant(node: Node) -> bool:
    """Whether nothing but literals and built-in functions stand in it."""
    for each in nodes.walk(node):
        if isinstance(each, nodes.Name) and each.name not in BUILTINS:
            return False
        if isinstance(each, nodes.InputValue | nodes.FunctionDefinition | nodes.For | nodes.Quantified | nodes.Filter
                      | nodes.UnaryTests | nodes.AnyTest):  # fmt: skip
            return False
    return not isinstance(node, nodes.Name)


def with_operands(node: Node, operands: Sequence[Node]) -> Node:
    """The node with other operands, in the order of its children."""
    rest = list(operands)
    changed: dict[str, Any] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node) and name != "function":
            changed[name] = rest.pop(0)
        elif name == "arguments":
            changed[name] = tuple(rest)
    return replace(node, **changed)
