"""Operators and what binds how strongly (grammar rules 2 to 24 and 47 to 51)."""

from __future__ import annotations

from typing import cast

from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.names import Trie
from shuzhi.support.decisions.feel.nodes import (
    AnyTest,
    Arithmetic,
    ArithmeticSign,
    Between,
    Bound,
    Call,
    Comparison,
    ComparisonSign,
    Conjunction,
    Disjunction,
    Filter,
    In,
    InstanceOf,
    Negation,
    Node,
    Path,
    TypeNode,
    UnaryTests,
)
from shuzhi.support.decisions.feel.parser.primaries import Primaries
from shuzhi.support.decisions.feel.tokens import END, NUMBER, STRING

LOWEST, OR, AND, COMPARISON, SUM, PRODUCT, POWER, SIGNED, INSTANCE, POSTFIX = range(10)

BINDING = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARISON),
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "/": PRODUCT,
    "**": POWER,
    "instance": INSTANCE,
    "[": POSTFIX,
    "(": POSTFIX,
    ".": POSTFIX,
}
FILTER_NAMES = Trie(["item"])
BOUNDS = frozenset(("<", "<=", ">", ">=", "=", "!="))


class Parser(Primaries):
    """Reads a whole text: an expression, unary tests or a type."""

    def whole_expression(self) -> Node:
        """One expression and nothing after it."""
        return self._whole(self.expression())

    def whole_type(self) -> TypeNode:
        """One type and nothing after it."""
        type_ = self.type()
        self._whole(type_)
        return type_

    def whole_tests(self) -> Node:
        """Unary tests (rule 15) and nothing after them."""
        start = self.token.start
        if self.sees("-") and self.peek().kind == END:
            self.at += 1
            return AnyTest(span=self.span_from(start))
        if self.sees("not") and self.peek().text == "(":
            found = self._negated()
            if found is not None:
                return found
        tests = self.tests()
        return self._whole(UnaryTests(tests, span=self.span_from(start)))

    def tests(self) -> tuple[Node, ...]:
        """Positive unary tests (rule 14)."""
        found = [self.expression()]
        while self.take(","):
            found.append(self.expression())
        return tuple(found)

    def _negated(self) -> Node | None:
        """`not(…)` as a whole; the start of something longer, such as `not(?) or x`, is none."""
        before, start = self.at, self.token.start
        self.at += 2
        tests = self.tests()
        self.expect(")")
        if self.token.kind == END:
            return UnaryTests(tests, negated=True, span=self.span_from(start))
        self.at = before
        return None

    def _whole(self, node: Node) -> Node:
        if self.token.kind != END:
            raise self.fault("an operator or the end of the text", "运算符或文本结尾")
        return node

    def expression(self, binding: int = LOWEST) -> Node:
        """An expression whose operators bind more strongly than `binding`."""
        with self.deeper():
            node = self._prefix()
            while True:
                token = self.token
                power = BINDING.get(token.text, LOWEST) if token.kind not in (STRING, END) else LOWEST
                if power <= binding or (power == POSTFIX and not self._opens(token.start)):
                    return node
                following = self._infix(node, token.text, power)
                if following is None:
                    return node
                node = following

    def _opens(self, start: int) -> bool:
        return start not in self.closings

    def _prefix(self) -> Node:
        start = self.token.start
        if self.sees("-"):
            self.at += 1
            if self.token.kind == NUMBER:
                return self.number(negative=True, start=start)
            return Negation(self.expression(SIGNED), span=self.span_from(start))
        if self.token.text in BOUNDS and self.token.kind != STRING:
            sign = cast("ComparisonSign", self.token.text)
            self.at += 1
            return Bound(sign, self.expression(COMPARISON), span=self.span_from(start))
        return self.primary()

    def _infix(self, left: Node, text: str, power: int) -> Node | None:  # noqa: PLR0911 - one per rule
        if power == POSTFIX:
            return self._postfix(left, text)
        if power in (OR, AND):
            return self._logical(left, text, power)
        self.at += 1
        if text == "instance":
            self.expect("of")
            type_ = self.type()
            return InstanceOf(left, type_, span=self.end_of(left))
        if text == "between":
            return self._between(left)
        if text == "in":
            tests = self._in_tests()
            return In(left, tests, span=self.end_of(left))
        right = self.expression(power)
        if power == COMPARISON:
            return Comparison(cast("ComparisonSign", text), left, right, span=self.end_of(left))
        return Arithmetic(cast("ArithmeticSign", text), left, right, span=self.end_of(left))

    def _logical(self, left: Node, word: str, power: int) -> Node:
        """A chain of one word is one node."""
        items = [left]
        while self.take(word):
            items.append(self.expression(power))
        kind = Conjunction if word == "and" else Disjunction
        return kind(tuple(items), span=self.end_of(left))

    def _between(self, value: Node) -> Node:
        low = self.expression(COMPARISON)
        self.expect("and")
        high = self.expression(COMPARISON)
        return Between(value, low, high, span=self.end_of(value))

    def _in_tests(self) -> tuple[Node, ...]:
        """After `in`: one test, or several in parentheses; `(1..5)` is one test, a range."""
        if not self.sees("("):
            return (self.expression(COMPARISON),)
        start = self.token.start
        self.at += 1
        with self.bracketed():
            first = self.expression()
            if self.sees(".."):
                return (self.range_from(first, start, included=False),)
            return self._rest_of_tests(first)

    def _rest_of_tests(self, first: Node) -> tuple[Node, ...]:
        tests = [first]
        while self.take(","):
            tests.append(self.expression())
        self.expect(")")
        return tuple(tests)

    def _postfix(self, left: Node, text: str) -> Node | None:
        if text == "[":
            return self._filter(left)
        self.at += 1
        if text == ".":
            name = self.read_member()
            return Path(left, name, span=self.end_of(left))
        parameters, arguments = self.arguments()
        return Call(left, arguments, parameters, span=self.end_of(left))

    def _filter(self, left: Node) -> Node | None:
        """`left[condition]`; within a range's end, an opening bracket may close the range instead."""
        before = self.at
        self.at += 1
        try:
            with (
                self.bracketed(),
                self.declared(self.names.members),
                self.declared(self.keys),
                self.declared(FILTER_NAMES),
            ):
                condition = self.expression()
                self.expect("]")
        except FeelSyntaxError:
            if not self.in_endpoint:
                raise
            self.closings.add(self.tokens[before].start)
            self.at = before
            return None
        return Filter(left, condition, span=self.end_of(left))
