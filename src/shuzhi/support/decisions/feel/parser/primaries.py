"""What stands by itself: literals, names, brackets, and the expressions that begin with a word."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterator as Iterating
from contextlib import contextmanager
from decimal import Decimal

from shuzhi.support.decisions.feel.names import Trie
from shuzhi.support.decisions.feel.nodes import (
    AtLiteral,
    Boolean,
    ContextLiteral,
    Entry,
    InputValue,
    ListLiteral,
    Name,
    Node,
    Null,
    Number,
    RangeLiteral,
    String,
)
from shuzhi.support.decisions.feel.parser.blocks import Blocks
from shuzhi.support.decisions.feel.tokens import NUMBER, STRING, WORD, unescaped
from shuzhi.support.decisions.feel.values.literals import at_literal
from shuzhi.support.decisions.feel.values.numbers import number_of

NO_OPERAND = frozenset(["and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"])


class Primaries(Blocks):
    """Everything that needs no operator before it."""

    def primary(self) -> Node:
        """A literal, a name, a list, a context, a range, or something in parentheses."""
        token = self.token
        if token.kind == NUMBER:
            return self.number(negative=False, start=token.start)
        if token.kind == STRING:
            self.at += 1
            return String(unescaped(token.text), span=self.span_from(token.start))
        if token.kind == WORD:
            return self._word()
        opening = {"[": self._list_or_range, "]": self._open_range, "(": self._group, "{": self._context}
        if token.text in opening:
            return self._bracket(opening[token.text])
        if token.text == "@":
            return self._at_literal()
        raise self.fault("an expression", "表达式")

    def number(self, *, negative: bool, start: int) -> Node:
        """A number, with its sign where one stands right before it."""
        try:
            value = number_of(Decimal(self.token.text))
        except ArithmeticError:
            raise self.fault("a number within decimal128", "decimal128 范围内的数字") from None
        self.at += 1
        return Number(value.copy_negate() if negative and value else value, span=self.span_from(start))

    def _word(self) -> Node:
        text, start = self.token.text, self.token.start
        longer = self.longest_name()
        if longer is None or longer[0] == 1:
            block = self.blocks.get(text)
            if block and not (text == "function" and self.peek().text != "("):
                self.at += 1
                return block(self, start)
            if longer is None and text in NO_OPERAND:
                raise self.fault("an expression", "表达式")
            if text in ("true", "false", "null", "?"):
                self.at += 1
                return self._constant(text, start)
        name, declared = self.read_reference()
        return Name(name, declared, span=self.span_from(start))

    def _constant(self, text: str, start: int) -> Node:
        span = self.span_from(start)
        if text == "?":
            return InputValue(span=span)
        return Null(span=span) if text == "null" else Boolean(text == "true", span=span)

    def _at_literal(self) -> Node:
        start = self.expect("@").start
        if self.token.kind != STRING:
            raise self.fault("a string", "字符串")
        text = unescaped(self.token.text)
        self.at += 1
        return AtLiteral(text, at_literal(text), span=self.span_from(start))

    @contextmanager
    def bracketed(self) -> Iterating[None]:
        """Within brackets of its own, an opening bracket never closes the range outside."""
        before, self.in_endpoint = self.in_endpoint, False
        try:
            yield
        finally:
            self.in_endpoint = before

    def _bracket(self, read: Callable[[int], Node]) -> Node:
        start = self.token.start
        self.at += 1
        with self.bracketed():
            return read(start)

    def _list_or_range(self, start: int) -> Node:
        items: list[Node] = []
        if not self.sees("]"):
            items.append(self.expression())
            if self.sees(".."):
                return self.range_from(items[0], start, included=True)
            while self.take(","):
                items.append(self.expression())
        self._close("]")
        return ListLiteral(tuple(items), span=self.span_from(start))

    def _open_range(self, start: int) -> Node:
        first = self.expression()
        if not self.sees(".."):
            raise self.fault("“..”", "“..”")
        return self.range_from(first, start, included=False)

    def _group(self, start: int) -> Node:
        inner = self.expression()
        if self.sees(".."):
            return self.range_from(inner, start, included=False)
        self._close(")")
        return inner

    def _close(self, bracket: str) -> None:
        if not self.take(bracket):
            raise self.fault(f"“,” or “{bracket}”", f"“,”或“{bracket}”")

    def range_from(self, first: Node, start: int, *, included: bool) -> Node:
        """The rest of a range whose start is read; it may end with `]`, `)` or `[`."""
        self.expect("..")
        before, self.in_endpoint = self.in_endpoint, True
        try:
            last = self.expression()
        finally:
            self.in_endpoint = before
        closing = self.token.text
        if not self.sees("]", ")", "["):
            raise self.fault("“]”, “)” or “[”", "“]”、“)”或“[”")
        self.at += 1
        return RangeLiteral(first, last, included, closing == "]", span=self.span_from(start))

    def _context(self, start: int) -> Node:
        entries: list[Entry] = []
        with self.declared(()) as own:
            while not self.sees("}"):
                entries.append(self._entry(own, {entry.key for entry in entries}))
                if not self.take(","):
                    break
            self._close("}")
        return ContextLiteral(tuple(entries), span=self.span_from(start))

    def _entry(self, own: Trie, taken: set[str]) -> Entry:
        start, token = self.token.start, self.token
        if token.kind == STRING:
            key = unescaped(token.text)
            self.at += 1
        else:
            key = self.read_key(":", expected="the name of an entry", expected_zh="条目名称")
        if key in taken:
            raise self.source.fault(start, "a key that is new", "尚未出现的键", key[:40])
        self.expect(":")
        own.add(key)
        self.keys.add(key)
        value = self.expression()
        return Entry(key, value, span=self.span_from(start))

    @abstractmethod
    def expression(self, binding: int = 0) -> Node:
        """An expression whose operators bind more strongly than `binding`."""
