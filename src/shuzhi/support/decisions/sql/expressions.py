"""FEEL's tree as expressions of SQL, node by node; constants are computed by the Python back end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.kinds import inside
from shuzhi.support.decisions.dmn.model import Text
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.compile.operators import TRUTHS
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values.types import FeelType
from shuzhi.support.decisions.sql import logic, looping, operators, structures
from shuzhi.support.decisions.sql.fitting import fitted, known
from shuzhi.support.decisions.sql.folding import constant, with_operands
from shuzhi.support.decisions.sql.literals import TRUE, UNKNOWN
from shuzhi.support.decisions.sql.logic import boolean, truth
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    Broken,
    Closure,
    Known,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
)
from shuzhi.support.decisions.types import Fault, Place

FOLDING = Limits(steps=10_000, depth=50, items=10_000, characters=100_000)
DEEPEST_CALL = 40
INPUT = "?"


@dataclass(eq=False)
class Sheet:
    """Where a query grows: columns that are kept, faults, doubts, and the moment that is now."""

    keep: Callable[[Sql], Sql]
    faults: list[Fault]
    now: Any = None
    as_of: Any = None
    doubted: bool = False  # whether doubts are asked for
    doubts: list[Sql] = field(default_factory=list)
    given: list[Shape] = field(default_factory=list)  # inputs and their components: a null there is a value
    depth: int = 0
    shared: bool = False  # whether each cell of a table is a column of its own

    def take(self, shape: Shape) -> Shape:
        """Know an input for one."""
        self.given.append(shape)
        if isinstance(shape, Record):
            for each in shape.entries.values():
                self.take(each)
        return shape

    def is_given(self, shape: Shape) -> bool:
        """Whether this is an input, or a component of one, as it came."""
        return any(shape is each for each in self.given)

    def doubt(self, sql: Sql) -> None:
        """It can't be told whether this is so."""
        if self.doubted:
            self.doubts.append(sql)


@dataclass(frozen=True, eq=False)
class Writer:
    """Makes SQL of one text: `names` are its variables, `items` those of the filters around it, innermost last."""

    sheet: Sheet
    types: Mapping[str, FeelType]
    names: Mapping[str, Shape]
    text: Text
    place: Place

    def binding(self, names: Mapping[str, Shape]) -> Writer:
        """The same with more names."""
        return replace(self, names={**self.names, **names})

    def note(self, refused: Refused, span: nodes.Span) -> None:
        """Write down why and where a text can't be made into SQL."""
        span = refused.span or span
        spot = inside(self.text, span.line, span.column)
        place = replace(self.place, line=spot.line, column=spot.column)
        self.sheet.faults.append(Fault("sql-refused", place, Words(zh=refused.zh, en=refused.en)))

    def write(self, node: Node) -> Shape:
        """The shape of a node; refusals are noted where they stand and the rest goes on."""
        if isinstance(node, nodes.UnaryTests | nodes.AnyTest):
            return boolean(self.test(node, self.names.get(INPUT, NULL)))
        try:
            if constant(node):
                return self.computed(node, {})
            return WRITERS[type(node)](self, node)
        except Refused as refused:
            self.note(refused, node.span)
            return BROKEN

    def parts(self, *several: Node) -> list[Shape] | None:
        """The shapes of operands; None where one is broken."""
        made = [self.write(each) for each in several]
        return None if any(isinstance(each, Broken) for each in made) else made

    def computed(self, node: Node, variables: Mapping[str, Any]) -> Shape:
        scope = Scope(variables, limits=FOLDING, now=self.sheet.now)
        try:
            value = compile_expression(node, types=self.types)(scope)
        except (LimitExceeded, RecursionError):
            raise Refused("too much to compute beforehand", "常量计算量过大") from None
        if scope.problems and value is not None:
            self.sheet.doubt(TRUE)  # an answer that hangs on a null of a wrong type
        return known(value)

    def folded(self, node: Node, shapes: Sequence[Shape]) -> Shape | None:
        """The value where all operands are constants after all: parameters, decisions that are literals."""
        if not all(isinstance(each, Known) for each in shapes):
            return None
        names = [nodes.Name(f"\x00{at}") for at in range(len(shapes))]
        values = {each.name: shape.value for each, shape in zip(names, shapes, strict=True)}  # type: ignore[union-attr]
        return self.computed(with_operands(node, names), values)

    def name(self, node: nodes.Name) -> Shape:
        """A variable."""
        found = self.names.get(node.name)
        if found is None:
            if node.name in BUILTINS:
                raise Refused("a built-in function as a value", "内置函数不能作为值")
            return NULL
        return found

    def input(self, _node: nodes.InputValue) -> Shape:
        """`?`."""
        return self.names.get(INPUT, NULL)

    def test(self, node: Node, value: Shape) -> Sql:
        """What a unary test says of a value."""
        match node:
            case nodes.AnyTest():
                return TRUE
            case nodes.UnaryTests(tests=tests, negated=negated):
                answer = logic.either([self.test(each, value) for each in tests])
                return logic.negated(answer) if negated else answer
            case nodes.Bound(sign=sign, endpoint=endpoint):
                limit = self.write(endpoint)
                return (
                    UNKNOWN
                    if isinstance(limit, Broken)
                    else self._asked(logic.compared, node, sign, value, limit)
                )
        return self._by_value(node, value)

    def _by_value(self, node: Node, value: Shape) -> Sql:
        inner = self.binding({INPUT: value})
        # Ends the wrong way round make no range, but two comparisons that no value meets.
        wanted = (
            structures.interval(inner, node) if isinstance(node, nodes.RangeLiteral) else inner.write(node)
        )
        if isinstance(wanted, Broken) or isinstance(value, Broken):
            return UNKNOWN
        operators.doubt_null(self, node, wanted)
        if nodes.asks_input(node):
            return self._asked(_speaking_of_input, node, value, wanted)
        condition = isinstance(node, TRUTHS)
        return self._asked(_valued, node, value, wanted, condition)

    def _asked(self, ask: Callable[..., Sql], node: Node, *what: Any) -> Sql:
        try:
            return ask(*what)
        except Refused as refused:
            self.note(refused, node.span)
            return UNKNOWN

    def called(self, function: Closure, arguments: Mapping[str, Shape]) -> Shape:
        """A function written out for these arguments."""
        if self.sheet.depth >= DEEPEST_CALL:
            raise Refused(
                f"“{function.name}” calls itself: SQL has no recursion", f"“{function.name}”递归调用自己"
            )
        fitting = {}
        for name, kind in function.parameters:
            given = fitted(arguments[name], kind, self)
            if given is None:
                return NULL
            fitting[name] = given
        self.sheet.depth += 1
        try:
            return function.call(fitting)
        finally:
            self.sheet.depth -= 1

    def call(self, node: nodes.Call) -> Shape:
        """`f(a)`."""
        from shuzhi.support.decisions.sql.calls import call

        return call(self, node)


def _speaking_of_input(value: Shape, wanted: Shape) -> Sql:
    """A condition that speaks of `?` is the answer; anything else must equal the value."""
    if isinstance(wanted, Known) and wanted.value is None:
        return UNKNOWN
    if truth(wanted) is not UNKNOWN:
        return truth(wanted)
    met = logic.meets(value, wanted)
    return logic.when(logic.null(wanted), UNKNOWN, met) if isinstance(wanted, Scalar) else met


def _valued(value: Shape, wanted: Shape, condition: bool) -> Sql:  # noqa: FBT001 - called by position
    """A condition that holds is met by any value that is no boolean; else the value must equal it or lie in it."""
    is_boolean = isinstance(wanted, Scalar) and wanted.kind == "boolean"
    if isinstance(value, Known) and isinstance(value.value, bool):
        return logic.meets(value, wanted)
    if condition and is_boolean:
        if isinstance(value, Scalar) and value.kind == "boolean":
            free = logic.both([logic.null(value), logic.negated(logic.null(wanted))])
            return logic.when(free, truth(wanted), logic.meets(value, wanted))
        return logic.when(logic.null(wanted), logic.null(value), truth(wanted))
    if condition and isinstance(wanted, Known) and isinstance(wanted.value, bool):
        if not (isinstance(value, Scalar) and value.kind == "boolean") and not (
            isinstance(value, Known) and isinstance(value.value, bool)
        ):
            return truth(wanted)
        free = logic.null(value)
        return logic.when(free, truth(wanted), logic.meets(value, wanted))
    return logic.meets(value, wanted)


WRITERS: dict[type[Node], Callable[[Writer, Any], Shape]] = {
    nodes.Name: Writer.name,
    nodes.InputValue: Writer.input,
    nodes.Negation: operators.negation,
    nodes.Arithmetic: operators.arithmetic,
    nodes.Comparison: operators.comparison,
    nodes.Conjunction: operators.conjunction,
    nodes.Disjunction: operators.disjunction,
    nodes.Between: operators.between,
    nodes.In: operators.among,
    nodes.InstanceOf: operators.instance_of,
    nodes.If: operators.either_way,
    nodes.For: looping.for_each,
    nodes.Quantified: looping.quantified,
    nodes.Path: structures.path,
    nodes.Filter: looping.filtered,
    nodes.Call: Writer.call,
    nodes.ListLiteral: structures.listing,
    nodes.ContextLiteral: structures.context,
    nodes.RangeLiteral: structures.interval,
    nodes.Bound: structures.bound,
    nodes.FunctionDefinition: structures.closure,
}
