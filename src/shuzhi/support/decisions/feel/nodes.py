"""The syntax tree of FEEL: typed, immutable, every node with its place in the text.

Equality of nodes ignores places, so that a printed and parsed tree equals the first one.
"""

from __future__ import annotations

from collections.abc import Iterator as Iterating
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal, NamedTuple


class Span(NamedTuple):
    """From `start` to before `end` in characters; `line` and `column` of the start count from one."""

    start: int
    end: int
    line: int
    column: int


NOWHERE = Span(0, 0, 1, 1)

ArithmeticSign = Literal["+", "-", "*", "/", "**"]
ComparisonSign = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that stands in a text."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written, rounded to 34 digits."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class String(Node):
    """A string, its escapes already resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    """`null`."""


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """`@"2020-01-01"`; the value is None where the text is no date, time or duration."""

    text: str
    value: Any = field(compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name in normal form; `declared` says whether the parser knew it."""

    name: str
    declared: bool = field(compare=False, default=True)


@dataclass(frozen=True, slots=True)
class InputValue(Node):
    """`?`, the value that a unary test is put to."""


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-e`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left + right` and its kin."""

    sign: ArithmeticSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left < right` and its kin."""

    sign: ComparisonSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """`a and b and …`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """`a or b or …`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in test` or `value in (test, …)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeNode


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then … else …`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for … return result`; later iterators see the earlier ones."""

    iterators: tuple[Iterator, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some … satisfies …` or `every … satisfies …`."""

    kind: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`source.name`."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`source[condition]`."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(arguments)`; with names, `parameters` is as long as `arguments`."""

    function: Node
    arguments: tuple[Node, ...]
    parameters: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`key: value` of a context."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{a: 1, b: a + 1}`; entries see the earlier ones."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[start..end)`."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """`< endpoint` and its kin: a range with one end, or a unary test."""

    sign: ComparisonSign
    endpoint: Node


@dataclass(frozen=True, slots=True)
class TypeNode(Node):
    """A type as written."""


@dataclass(frozen=True, slots=True)
class TypeName(TypeNode):
    """`number`, `date and time`, `tFirm`, `model.tFirm`."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType(TypeNode):
    """`list<item>`."""

    item: TypeNode


@dataclass(frozen=True, slots=True)
class RangeType(TypeNode):
    """`range<item>`."""

    item: TypeNode


@dataclass(frozen=True, slots=True)
class FieldType(TypeNode):
    """`name: type` of a context's type."""

    name: str
    type: TypeNode


@dataclass(frozen=True, slots=True)
class ContextType(TypeNode):
    """`context<name: type, …>`."""

    fields: tuple[FieldType, ...]


@dataclass(frozen=True, slots=True)
class FunctionType(TypeNode):
    """`function<type, …> -> result`."""

    parameters: tuple[TypeNode, ...]
    result: TypeNode


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter; without a type it takes anything."""

    name: str
    type: TypeNode | None = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """`function(a: number, b) body`; an external one is kept but never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class AnyTest(Node):
    """`-`: whatever the input is."""


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """Tests of which one must hold, or with `negated` none."""

    tests: tuple[Node, ...]
    negated: bool = False


def children(node: Node) -> Iterating[Node]:
    """The nodes right below this one, in the order of the text."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple) and each.name != "span":
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterating[Node]:
    """The node and all below it, without recursion, parents first."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))


def undeclared(node: Node) -> list[Name]:
    """The names that the parser did not know, in the order of the text."""
    return [each for each in walk(node) if isinstance(each, Name) and not each.declared]


def asks_input(node: Node) -> bool:
    """Whether the expression speaks of `?`."""
    return any(isinstance(each, InputValue) for each in walk(node))
