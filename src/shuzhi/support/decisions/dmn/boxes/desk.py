"""What compiling one decision needs at hand: its names and types, and where its faults are written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.kinds import Kinds, inside
from shuzhi.support.decisions.dmn.model import Spot, Text
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression, parse_unary_tests
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.types import ANY, MISFIT, FeelType, coerced, kind_of
from shuzhi.support.decisions.types import Fault, Place

Run = Callable[[Scope], Any]
_QUOTED, _WORD = re.compile(r'"[^"\\]*"'), re.compile(r"[^\W\d]")  # a text without words names nothing


@dataclass(frozen=True)
class Desk:
    """Names, types and the faults of one file; `decision`, `row` and `heading` say what is being compiled."""

    file: str
    kinds: Kinds
    types: Mapping[str, FeelType]
    names: Names
    members: tuple[str, ...]
    faults: list[Fault]
    parsed: dict[tuple[str, str], nodes.Node] = field(default_factory=dict)
    decision: str = ""
    row: int | None = None
    heading: str = ""

    def at(self, *, row: int | None = None, heading: str = "") -> Desk:
        """The same desk for a row or cell of a table."""
        made = object.__new__(Desk)  # once a cell: `replace` would look every field up
        made.__dict__.update(self.__dict__, row=row, heading=heading)
        return made

    def declaring(self, names: Iterable[str]) -> Desk:
        """The same desk where these names are known too."""
        return replace(self, names=self.names.declaring(names), parsed={})

    def place(self, spot: Spot) -> Place:
        """A spot of the file with what is being compiled."""
        return Place(self.file, spot.line, spot.column, self.decision, self.row, self.heading)

    def note(self, spot: Spot, code: str, zh: str, en: str) -> None:
        """Write a fault down."""
        self.faults.append(Fault(code, self.place(spot), Words(zh=zh, en=en)))

    def kind(self, written: str, spot: Spot) -> FeelType:
        """A type by the name in the file; noted when nobody defines it."""
        found = self.kinds.named(written)
        if found is None:
            self.note(spot, "type-unknown", f"没有类型 {written}", f"there is no type {written}")
        return found or ANY

    def parse(self, text: Text) -> nodes.Node | None:
        """The tree of an expression; its faults are noted."""
        return self._parse(text, "expression", parse_expression)

    def parse_tests(self, text: Text) -> nodes.Node | None:
        """The tree of a cell's tests; its faults are noted."""
        return self._parse(text, "tests", parse_unary_tests)

    def known_tests(self, text: Text) -> nodes.Node | None:
        """The tree of tests that were read before and had no fault."""
        return self.parsed.get(("tests", text.text))

    def _parse(self, text: Text, kind: str, parse: Callable[..., nodes.Node]) -> nodes.Node | None:
        if text.language:
            zh, en = f"只支持 FEEL，而不是 {text.language}", f"only FEEL is read, not {text.language}"
            self.note(text.spot, "language-unknown", zh, en)
            return None
        key = (kind, text.text)
        if key in self.parsed:
            return self.parsed[key]
        try:
            node = parse(text.text, names=self.names)
        except FeelSyntaxError as error:
            facts = error.facts
            zh = f"此处应为{facts['expected_zh']}，实为{facts['found_zh']}"
            en = f"expected {facts['expected']}, found {facts['found']}"
            self.note(inside(text, error.line, error.column), "feel-syntax", zh, en)
            return None
        unknown = (
            nodes.undeclared(node) if not _is_plain(node) and _WORD.search(_QUOTED.sub("", text.text)) else []
        )
        for name in unknown:
            spot = inside(text, name.span.line, name.span.column)
            self.note(spot, "name-unknown", f"没有名称“{name.name}”", f"nothing is named “{name.name}”")
        if not unknown:
            self.parsed[key] = node
        return node

    def compile(self, text: Text) -> Run:
        """An expression as a closure whose problems name their place; a faulty one gives null and says so."""
        node = self.parse(text)
        if node is None:
            return self.broken(text.spot)
        return self.located(compile_expression(node, types=self.types), text.spot)

    def located(self, run: Run, spot: Spot) -> Run:
        """A closure whose problems are given their place."""
        place = self.place(spot)

        def evaluate(scope: Scope) -> Any:
            before = len(scope.problems)
            value = run(scope)
            if len(scope.problems) > before:
                locate(scope, before, place)
            return value

        return evaluate

    def broken(self, spot: Spot) -> Run:
        """What stands for a box that can't be compiled: null, each time with the reason."""
        words = Words(zh="规则在此处有错误", en="the rule is faulty here")
        problem = Problem("rule-faulty", words, self.place(spot))

        def evaluate(scope: Scope) -> Any:
            report(scope, problem)

        return evaluate

    def fitting(self, run: Run, kind: FeelType, spot: Spot, what: str, *, kept: bool = False) -> Run:
        """A closure whose value takes a type: converted, or null with the reason.

        With `kept` a value that does not fit stays, with the reason noted: for the types that a box, an input
        column or an output column states beside that of the variable, which decides.
        """
        if kind is ANY:
            return run
        place = self.place(spot)

        def evaluate(scope: Scope) -> Any:
            value = run(scope)
            fitted = coerced(value, kind)
            if fitted is MISFIT:
                report(scope, misfit(what, value, place))
                return value if kept else None
            return fitted

        return evaluate


def _is_plain(node: nodes.Node) -> bool:
    """Whether a node is a literal, which names nothing."""
    return isinstance(node, (nodes.Number, nodes.String))


def misfit(what: str, value: Any, place: Place | None, given: str = "") -> Problem:
    """The problem of a value that does not take its type."""
    en, zh = kind_of(value)
    words = Words(
        zh=f"“{what}”的类型或取值不合要求（实为{zh}）",
        en=f"“{what}” has not the type or value asked for (it is {en})",
    )
    return Problem("ill-typed", words, place, given, "ill-typed" if given else "rule")


def report(scope: Scope, problem: Problem) -> None:
    """Keep a problem with those of the evaluation."""
    kept: list[Any] = scope.problems
    if len(kept) < scope.limits.problems and problem not in kept:
        kept.append(problem)


def locate(scope: Scope, first: int, place: Place) -> None:
    """Give FEEL's problems from a number on their place in the file."""
    for number in range(first, len(scope.problems)):
        problem: Any = scope.problems[number]
        if not isinstance(problem, Problem):
            words = Words(zh=problem.zh, en=problem.en)
            located: Any = Problem(problem.code, words, place, problem.input or "", problem.kind)
            scope.problems[number] = located


def inner(scope: Scope, variables: Mapping[str, Any]) -> Scope:
    """A scope with other variables whose problems, limits and clock are those of the outer one."""
    scope_in = Scope(variables, limits=scope.limits, now=scope.now)
    scope_in.problems, scope_in.steps, scope_in.depth = scope.problems, scope.steps, scope.depth
    return scope_in


def run_in(run: Run, scope: Scope, variables: Mapping[str, Any]) -> Any:
    """Evaluate with other variables; the work is counted to the outer scope."""
    within = inner(scope, variables)
    within.spend(1)
    try:
        return run(within)
    finally:
        scope.steps = within.steps
