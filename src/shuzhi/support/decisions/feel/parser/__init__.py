"""From text to tree: a Pratt parser that reads names as the scope declares them.

Every fault is a FeelSyntaxError with its place and what was expected; length and depth are limited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.nodes import Node, TypeNode, children
from shuzhi.support.decisions.feel.parser.expressions import Parser
from shuzhi.support.decisions.feel.parser.plain import plain_expression, plain_tests
from shuzhi.support.decisions.feel.tokens import Text

__all__ = ["NO_NAMES", "SyntaxLimits", "parse_expression", "parse_type", "parse_unary_tests"]

NO_NAMES = Names.of()

T = TypeVar("T", bound=Node)


@dataclass(frozen=True, slots=True)
class SyntaxLimits:
    """How long a text may be, in characters, and how deep its tree."""

    length: int = 100_000
    depth: int = 100


DEFAULT = SyntaxLimits()


def parse_expression(text: str, *, names: Names = NO_NAMES, limits: SyntaxLimits = DEFAULT) -> Node:
    """Read one expression.

    Raises:
        FeelSyntaxError: the text is no FEEL, or longer or deeper than the limits.
    """
    return plain_expression(text) or _parse(text, names, limits, Parser.whole_expression)


def parse_unary_tests(text: str, *, names: Names = NO_NAMES, limits: SyntaxLimits = DEFAULT) -> Node:
    """Read the tests of a decision table's cell: `-`, `not(…)`, or tests of which one must hold.

    Raises:
        FeelSyntaxError: the text is no FEEL, or longer or deeper than the limits.
    """
    return plain_tests(text) or _parse(text, names, limits, Parser.whole_tests)


def parse_type(text: str, *, names: Names = NO_NAMES, limits: SyntaxLimits = DEFAULT) -> TypeNode:
    """Read a type: `number`, `list<string>`, `context<a: number>`, `function<number> -> string`.

    Raises:
        FeelSyntaxError: the text is no type, or longer or deeper than the limits.
    """
    return _parse(text, names, limits, Parser.whole_type)


def _parse(text: str, names: Names, limits: SyntaxLimits, read: Callable[[Parser], T]) -> T:
    source = Text(text[: limits.length])
    if len(text) > limits.length:
        raise source.fault(
            limits.length,
            f"at most {limits.length} characters",
            f"不超过 {limits.length} 个字符",
            f"{len(text)}",
        )
    try:
        node = read(Parser(source, names, limits.depth))
    except RecursionError:
        raise _too_deep(source, 0, limits) from None
    if len(text) > 4 * limits.depth:  # a tree is never deeper than its text is long
        _check_depth(source, node, limits)
    return node


def _check_depth(source: Text, node: Node, limits: SyntaxLimits) -> None:
    """Chains such as `a + b + c` grow deep on their left without the parser going deep."""
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > 4 * limits.depth:
            raise _too_deep(source, level[0].span.start, limits)
        level = [below for each in level for below in children(each)]


def _too_deep(source: Text, at: int, limits: SyntaxLimits) -> Exception:
    return source.fault(at, f"at most {limits.depth} levels", f"嵌套不超过 {limits.depth} 层", "…")
