"""What compiling any node needs: slots for local variables, the origin of operands, values known beforehand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.compile import structures
from shuzhi.support.decisions.feel.compile.faults import LOCALS, Run, Site
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values.types import FeelType

UNKNOWN = object()
# What may be computed while compiling: little, so that compiling stays quick.
FOLDING = Limits(steps=1000, depth=5, items=1000, characters=10_000)
PLAIN_NODES = (nodes.Number, nodes.String, nodes.Boolean, nodes.Null, nodes.AtLiteral)
FOLDED_NODES = (
    nodes.Negation,
    nodes.Arithmetic,
    nodes.ListLiteral,
    nodes.RangeLiteral,
    nodes.Bound,
)


class Core(ABC):
    """Remembers which name is in which slot of the environment, and computes what is known."""

    def __init__(self, types: Mapping[str, FeelType]) -> None:
        """Begin with no local variables."""
        self.types = types
        self.slots = LOCALS
        # Innermost last: names and their slots, or the slot of an item whose entries are names.
        self.scopes: list[dict[str, int] | int] = []
        self._known: dict[int, Any] = {}

    def slot(self) -> int:
        """A new place for a local variable."""
        self.slots += 1
        return self.slots - 1

    @contextmanager
    def scope(self, names: dict[str, int] | int) -> Iterator[None]:
        """Within this block these local variables are in scope."""
        self.scopes.append(names)
        try:
            yield
        finally:
            self.scopes.pop()

    def build(self, node: Node) -> Run:
        """The code of an expression."""
        if isinstance(node, FOLDED_NODES):
            value = self.known(node)
            if value is not UNKNOWN:
                return structures.always(value)
        return self.compiled(node)

    @abstractmethod
    def compiled(self, node: Node) -> Run:
        """The code of an expression, even of one that is known."""

    def known(self, node: Node) -> Any:
        """The value of an expression of literals only, or UNKNOWN; faults are left for later."""
        if isinstance(node, PLAIN_NODES):
            invalid = isinstance(node, nodes.AtLiteral) and node.value is None
            return UNKNOWN if invalid else getattr(node, "value", None)
        if not isinstance(node, FOLDED_NODES):
            return UNKNOWN
        for each in self._unknown_spine(node):
            self._known[id(each)] = self._computed(each)
        return self._known[id(node)]

    def _unknown_spine(self, node: Node) -> list[Node]:
        """The node and, below it, the left operands of a long sum, the lowest first: so that nothing goes deep."""
        spine: list[Node] = []
        below: Node | None = node
        while isinstance(below, FOLDED_NODES) and id(below) not in self._known:
            spine.append(below)
            below = next(iter(nodes.children(below)), None)
        return spine[::-1]

    def _computed(self, node: Node) -> Any:
        if any(self.known(each) is UNKNOWN for each in nodes.children(node)):
            return UNKNOWN
        scope = Scope({}, limits=FOLDING)
        try:
            value = self.compiled(node)([scope, {}, None])
        except LimitExceeded:
            return UNKNOWN
        return UNKNOWN if scope.problems else value

    def site(self, node: Node, operation: str, *operands: Node) -> Site:
        """Where an operation stands and whose inputs its operands are."""
        return Site(node.span, operation, tuple(self.origin(each) for each in operands))

    def origin(self, node: Node) -> str | None:
        """The input that an operand is: a variable of the scope or a component of one."""
        parts: list[str] = []
        while isinstance(node, nodes.Path):
            parts.append(node.name)
            node = node.source
        if isinstance(node, nodes.InputValue):
            return ".".join(["?", *reversed(parts)]) if parts else "?"
        if not isinstance(node, nodes.Name) or self.is_local(node.name) or node.name in BUILTINS:
            return None
        return ".".join([node.name, *reversed(parts)])

    def is_local(self, name: str) -> bool:
        """Whether a name may mean a local variable or, within a filter, an entry of the item."""
        return any(isinstance(scope, int) or name in scope for scope in self.scopes)
