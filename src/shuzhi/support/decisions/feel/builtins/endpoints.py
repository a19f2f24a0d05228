"""The literals at the ends of a range that is given as text."""

from __future__ import annotations

from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import BUILTINS
from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.nodes import AtLiteral, Call, Name, Node, Number, String
from shuzhi.support.decisions.feel.parser import SyntaxLimits, parse_expression
from shuzhi.support.decisions.feel.scope import Scope

SHORT = SyntaxLimits(length=1000, depth=10)
MAKERS = ("date", "time", "date and time", "duration")


def literal_value(scope: Scope, text: str) -> Any:
    """The value of a number, a string, an `@` literal or `date("…")`; None where the text is nothing of these."""
    try:
        node = parse_expression(text, limits=SHORT)
    except FeelSyntaxError:
        return None
    if isinstance(node, (Number, String, AtLiteral)):
        return node.value
    return _made(scope, node)


def _made(scope: Scope, node: Node) -> Any:
    if not isinstance(node, Call) or not isinstance(node.function, Name) or node.function.name not in MAKERS:
        return None
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], String):
        return None
    return BUILTINS[node.function.name].signatures[0].call(scope, node.arguments[0].value)
