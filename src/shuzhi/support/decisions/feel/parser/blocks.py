"""Expressions that begin with a word: if, for, some, every, function; arguments and types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, ClassVar, Literal

from shuzhi.support.decisions.feel.builtins.names import BUILTIN_NAMES
from shuzhi.support.decisions.feel.names import Names, Trie
from shuzhi.support.decisions.feel.nodes import (
    ContextType,
    FieldType,
    For,
    FunctionDefinition,
    FunctionType,
    If,
    Iterator,
    ListType,
    Node,
    Parameter,
    Quantified,
    RangeType,
    TypeName,
    TypeNode,
)
from shuzhi.support.decisions.feel.parser.cursor import Cursor
from shuzhi.support.decisions.feel.tokens import WORD, Text

BUILTINS = Trie(BUILTIN_NAMES)
PARTIAL = Trie(["partial"])
TYPE_NAMES = Trie(["date and time", "days and time duration", "years and months duration"])


class Blocks(Cursor, ABC):
    """The parts of the grammar that begin with a word, and what belongs to them."""

    blocks: ClassVar[dict[str, Callable[[Any, int], Node]]]

    def __init__(self, source: Text, names: Names, depth: int) -> None:
        """The built-in functions lie outermost."""
        super().__init__(source, names, depth)
        self.scopes.insert(0, BUILTINS)
        self.in_endpoint = False

    @abstractmethod
    def expression(self, binding: int = 0) -> Node:
        """An expression whose operators bind more strongly than `binding`."""

    def if_(self, start: int) -> Node:
        """`if … then … else …`."""
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        otherwise = self.expression()
        return If(condition, then, otherwise, span=self.span_from(start))

    def for_(self, start: int) -> Node:
        """`for … return …`."""
        with ExitStack() as stack:
            iterators = self._iterators(stack)
            self.expect("return")
            with self.declared(PARTIAL):
                result = self.expression()
        return For(iterators, result, span=self.span_from(start))

    def some_(self, start: int) -> Node:
        """`some … satisfies …`."""
        return self._quantified(start, "some")

    def every_(self, start: int) -> Node:
        """`every … satisfies …`."""
        return self._quantified(start, "every")

    def _quantified(self, start: int, kind: Literal["some", "every"]) -> Node:
        with ExitStack() as stack:
            iterators = self._iterators(stack)
            self.expect("satisfies")
            condition = self.expression()
        return Quantified(kind, iterators, condition, span=self.span_from(start))

    def _iterators(self, stack: ExitStack) -> tuple[Iterator, ...]:
        """`a in x, b in y`: each is in scope from there on."""
        found: list[Iterator] = []
        while not found or self.take(","):
            start = self.token.start
            name = self.read_key("in", expected="the name of an iterator", expected_zh="循环变量名称")
            self.expect("in")
            source = self.expression()
            end = self.expression() if self.take("..") else None
            found.append(Iterator(name, source, end, span=self.span_from(start)))
            stack.enter_context(self.declared([name]))
        return tuple(found)

    def function_(self, start: int) -> Node:
        """`function(…) …`."""
        self.expect("(")
        parameters: list[Parameter] = []
        while not self.sees(")"):
            parameters.append(self._parameter())
            if not self.take(","):
                break
        self.expect(")")
        external = self.take("external")
        with self.declared([parameter.name for parameter in parameters]):
            body = self.expression()
        return FunctionDefinition(tuple(parameters), body, external, span=self.span_from(start))

    def _parameter(self) -> Parameter:
        start = self.token.start
        name = self.read_key(":", ",", ")", expected="the name of a parameter", expected_zh="参数名称")
        type_ = self.type() if self.take(":") else None
        return Parameter(name, type_, span=self.span_from(start))

    def arguments(self) -> tuple[tuple[str, ...] | None, tuple[Node, ...]]:
        """What stands in the parentheses of a call: the names, if any, and the arguments."""
        before, self.in_endpoint = self.in_endpoint, False
        try:
            return self._arguments()
        finally:
            self.in_endpoint = before

    def _arguments(self) -> tuple[tuple[str, ...] | None, tuple[Node, ...]]:
        named = self.key_ahead()
        names: list[str] = []
        found: list[Node] = []
        while not self.sees(")"):
            if named:
                names.append(self.read_key(":", expected="the name of a parameter", expected_zh="参数名称"))
                self.expect(":")
            found.append(self.expression())
            if not self.take(","):
                break
        if not self.take(")"):
            raise self.fault("“,” or “)”", "“,”或“)”")
        return (tuple(names) if named else None), tuple(found)

    def type(self) -> TypeNode:
        """A type (rule 52)."""
        with self.deeper():
            start, word = self.token.start, self.token.text
            if self.token.kind != WORD:
                raise self.fault("a type", "类型")
            if self.peek().text == "<" and word in ("list", "range", "context", "function"):
                self.at += 2
                return self._parameterised(word, start)
            return self._named_type(start)

    def _parameterised(self, word: str, start: int) -> TypeNode:
        if word == "context":
            return self._context_type(start)
        if word == "function":
            return self._function_type(start)
        item = self.type()
        self.expect(">")
        kind = ListType if word == "list" else RangeType
        return kind(item, span=self.span_from(start))

    def _context_type(self, start: int) -> TypeNode:
        found: list[FieldType] = []
        while not found or self.take(","):
            at = self.token.start
            name = self.read_key(":", expected="the name of an entry", expected_zh="条目名称")
            self.expect(":")
            found.append(FieldType(name, self.type(), span=self.span_from(at)))
        self.expect(">")
        return ContextType(tuple(found), span=self.span_from(start))

    def _function_type(self, start: int) -> TypeNode:
        found: list[TypeNode] = []
        while not self.sees(">"):
            found.append(self.type())
            if not self.take(","):
                break
        self.expect(">")
        self.expect("->")
        return FunctionType(tuple(found), self.type(), span=self.span_from(start))

    def _named_type(self, start: int) -> TypeNode:
        """The longest known name of a type, or words joined by dots."""
        candidates = [trie.longest(self.tokens, self.at) for trie in (self.names.types, TYPE_NAMES)]
        length, name = max((found for found in candidates if found), default=(0, ""))
        if length:
            self.at += length
            return TypeName(name, span=self.span_from(start))
        name = self.token.text
        self.at += 1
        while self.sees(".") and self.peek().kind == WORD:
            name += "." + self.peek().text
            self.at += 2
        while self.token.kind == WORD and self._goes_on():
            name += " " + self.token.text
            self.at += 1
        return TypeName(name, span=self.span_from(start))


# Found by the word they begin with.
Blocks.blocks = {
    "if": Blocks.if_,
    "for": Blocks.for_,
    "some": Blocks.some_,
    "every": Blocks.every_,
    "function": Blocks.function_,
}
