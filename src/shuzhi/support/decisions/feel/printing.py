"""From tree back to text; what is printed parses to the same tree, given the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.nodes import Node
from shuzhi.support.decisions.feel.values.numbers import plain
from shuzhi.support.decisions.feel.values.text import quoted


def text_of(node: Node) -> str:
    """The text of an expression, of unary tests or of a type; every operand in parentheses."""
    return PRINTERS[type(node)](node)


def _operand(node: Node) -> str:
    if isinstance(node, (nodes.Name, nodes.String, nodes.Boolean, nodes.Null, nodes.InputValue)):
        return text_of(node)
    return f"({text_of(node)})"


def _list(items: tuple[Node, ...]) -> str:
    return ", ".join(map(text_of, items))


def _call(node: nodes.Call) -> str:
    arguments = list(map(text_of, node.arguments))
    if node.parameters is not None:
        arguments = [f"{name}: {text}" for name, text in zip(node.parameters, arguments, strict=True)]
    return f"{_operand(node.function)}({', '.join(arguments)})"


def _iterator(node: nodes.Iterator) -> str:
    end = f"..{_operand(node.end)}" if node.end else ""
    return f"{node.name} in {_operand(node.source)}{end}"


def _entry(node: nodes.Entry) -> str:
    """A key that is no name in normal form, or begins with a sign, is a string."""
    key = node.key
    is_name = key.replace(" ", "_").isidentifier() and normal_name(key) == key
    return f"{key if is_name else quoted(key)}: {text_of(node.value)}"


def _range(node: nodes.RangeLiteral) -> str:
    opening, closing = "[" if node.start_included else "(", "]" if node.end_included else ")"
    return f"{opening}{_operand(node.start)}..{_operand(node.end)}{closing}"


def _function(node: nodes.FunctionDefinition) -> str:
    external = " external" if node.external else ""
    return f"function({_list(node.parameters)}){external} {text_of(node.body)}"


def _parameter(node: nodes.Parameter) -> str:
    return f"{node.name}: {text_of(node.type)}" if node.type else node.name


def _tests(node: nodes.UnaryTests) -> str:
    return f"not({_list(node.tests)})" if node.negated else _list(node.tests)


PRINTERS: dict[type[Node], Callable[[Any], str]] = {
    nodes.Number: lambda node: plain(node.value),
    nodes.String: lambda node: quoted(node.value),
    nodes.Boolean: lambda node: "true" if node.value else "false",
    nodes.Null: lambda _: "null",
    nodes.AtLiteral: lambda node: f"@{quoted(node.text)}",
    nodes.Name: lambda node: node.name,
    nodes.InputValue: lambda _: "?",
    nodes.Negation: lambda node: f"-{_operand(node.operand)}",
    nodes.Arithmetic: lambda node: f"{_operand(node.left)} {node.sign} {_operand(node.right)}",
    nodes.Comparison: lambda node: f"{_operand(node.left)} {node.sign} {_operand(node.right)}",
    nodes.Conjunction: lambda node: " and ".join(map(_operand, node.items)),
    nodes.Disjunction: lambda node: " or ".join(map(_operand, node.items)),
    nodes.Between: lambda node: (
        f"{_operand(node.value)} between {_operand(node.low)} and {_operand(node.high)}"
    ),
    nodes.In: lambda node: f"{_operand(node.value)} in ({_list(node.tests)})",
    nodes.InstanceOf: lambda node: f"{_operand(node.value)} instance of {text_of(node.type)}",
    nodes.If: lambda node: "if {} then {} else {}".format(*map(_operand, nodes.children(node))),
    nodes.Iterator: _iterator,
    nodes.For: lambda node: f"for {_list(node.iterators)} return {text_of(node.result)}",
    nodes.Quantified: lambda node: f"{node.kind} {_list(node.iterators)} satisfies {text_of(node.condition)}",
    nodes.Path: lambda node: f"{_operand(node.source)}.{node.name}",
    nodes.Filter: lambda node: f"{_operand(node.source)}[{text_of(node.condition)}]",
    nodes.Call: _call,
    nodes.ListLiteral: lambda node: f"[{_list(node.items)}]",
    nodes.Entry: _entry,
    nodes.ContextLiteral: lambda node: "{" + _list(node.entries) + "}",
    nodes.RangeLiteral: _range,
    nodes.Bound: lambda node: f"{node.sign} {_operand(node.endpoint)}",
    nodes.TypeName: lambda node: node.name,
    nodes.ListType: lambda node: f"list<{text_of(node.item)}>",
    nodes.RangeType: lambda node: f"range<{text_of(node.item)}>",
    nodes.FieldType: lambda node: f"{node.name}: {text_of(node.type)}",
    nodes.ContextType: lambda node: f"context<{_list(node.fields)}>",
    nodes.FunctionType: lambda node: f"function<{_list(node.parameters)}> -> {text_of(node.result)}",
    nodes.Parameter: _parameter,
    nodes.FunctionDefinition: _function,
    nodes.AnyTest: lambda _: "-",
    nodes.UnaryTests: _tests,
}
