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
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.types import ANY, FeelType
from shuzhi.support.decisions.sql import logic, moments, numbers
from shuzhi.support.decisions.sql.fitting import fitted, known
from shuzhi.support.decisions.sql.literals import TRUE, UNKNOWN, chosen, scalar
from shuzhi.support.decisions.sql.logic import boolean, listed, truth
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    NUMBER,
    TYPE_OF,
    Broken,
    Closure,
    Gathered,
    Interval,
    Known,
    Listing,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    is_null,
)
from shuzhi.support.decisions.types import Fault, Place

FOLDING = Limits(steps=10_000, depth=50, items=10_000, characters=100_000)
DEEPEST_CALL = 40
LONGEST_LIST = 200
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
    depth: int = 0

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
                return self._computed(node, {})
            return WRITERS[type(node)](self, node)
        except Refused as refused:
            self.note(refused, node.span)
            return BROKEN

    def parts(self, *several: Node) -> list[Shape] | None:
        """The shapes of operands; None where one is broken."""
        made = [self.write(each) for each in several]
        return None if any(isinstance(each, Broken) for each in made) else made

    def _computed(self, node: Node, variables: Mapping[str, Any]) -> Shape:
        scope = Scope(variables, limits=FOLDING, now=self.sheet.now)
        try:
            return known(compile_expression(node, types=self.types)(scope))
        except (LimitExceeded, RecursionError):
            raise Refused("too much to compute beforehand", "常量计算量过大") from None

    def folded(self, node: Node, shapes: Sequence[Shape]) -> Shape | None:
        """The value where all operands are constants after all: parameters, decisions that are literals."""
        if not all(isinstance(each, Known) for each in shapes):
            return None
        names = [nodes.Name(f"\x00{at}") for at in range(len(shapes))]
        values = {each.name: shape.value for each, shape in zip(names, shapes, strict=True)}  # type: ignore[union-attr]
        return self._computed(_with_operands(node, names), values)

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

    def negation(self, node: nodes.Negation) -> Shape:
        """`-a`."""
        made = self.parts(node.operand)
        if made is None:
            return BROKEN
        known_ = self.folded(node, made)
        if known_ is not None:
            return known_
        value = scalar(made[0])
        if value.kind == NUMBER:
            return numbers.negate(value)
        if value.kind in ("days", "months"):
            from shuzhi.support.decisions.sql.shapes import lift

            return Scalar(value.kind, lift(lambda x: -x, value.sql))
        return NULL

    def arithmetic(self, node: nodes.Arithmetic) -> Shape:
        """`a + b` and its kin."""
        made = self.parts(node.left, node.right)
        if made is None:
            return BROKEN
        known_ = self.folded(node, made)
        if known_ is not None:
            return known_
        if any(is_null(each) or isinstance(each, Record | Interval | Closure) for each in made):
            return NULL
        if any((items := listed(each)) is not None and len(items) != 1 for each in made):
            return NULL
        left, right = map(scalar, made)
        if left.kind == right.kind == NUMBER:
            return self._of_numbers(node.sign, left, right, made[1])
        return moments.arithmetic(node.sign, left, right, self.sheet.keep) or NULL

    def _of_numbers(self, sign: str, left: Scalar, right: Scalar, exponent: Shape) -> Shape:
        match sign:
            case "+":
                return numbers.add(left, right)
            case "-":
                return numbers.subtract(left, right)
            case "*":
                return numbers.multiply(left, right)
            case "/":
                return numbers.divide(left, right, self.sheet.keep)
        if not isinstance(exponent, Known):
            raise Refused("SQL has powers only with a constant exponent", "SQL 中乘方的指数须为常量")
        return numbers.power(left, exponent.value)

    def comparison(self, node: nodes.Comparison) -> Shape:
        """`a < b` and its kin."""
        made = self.parts(node.left, node.right)
        if made is None:
            return BROKEN
        return boolean(logic.compared(node.sign, made[0], made[1]))

    def conjunction(self, node: nodes.Conjunction) -> Shape:
        """`a and b`."""
        made = self.parts(*node.items)
        return BROKEN if made is None else boolean(logic.both([truth(each) for each in made]))

    def disjunction(self, node: nodes.Disjunction) -> Shape:
        """`a or b`."""
        made = self.parts(*node.items)
        return BROKEN if made is None else boolean(logic.either([truth(each) for each in made]))

    def between(self, node: nodes.Between) -> Shape:
        """`a between b and c`."""
        made = self.parts(node.value, node.low, node.high)
        if made is None:
            return BROKEN
        value, low, high = made
        return boolean(logic.both([logic.compared(">=", value, low), logic.compared("<=", value, high)]))

    def in_(self, node: nodes.In) -> Shape:
        """`a in b`."""
        value = self.write(node.value)
        answers = [self.test(each, value) for each in node.tests]
        return BROKEN if isinstance(value, Broken) else boolean(logic.either(answers))

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
        wanted = inner.range(node) if isinstance(node, nodes.RangeLiteral) else inner.write(node)
        if isinstance(wanted, Broken) or isinstance(value, Broken):
            return UNKNOWN
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

    def instance_of(self, node: nodes.InstanceOf) -> Shape:
        """`a instance of b`: known but for null."""
        kind = type_of_node(node.type, self.types)
        made = self.parts(node.value)
        if made is None:
            return BROKEN
        if kind is None:
            return NULL
        if isinstance(made[0], Known):
            return Known(kind.accepts(made[0].value))
        if not isinstance(made[0], Scalar):
            raise Refused("“instance of” of something with structure", "“instance of”只能用于单个值")
        own = TYPE_OF[made[0].kind]
        fits = kind is ANY or own == kind
        return boolean(logic.negated(logic.null(made[0]))) if fits else Known(value=False)

    def if_(self, node: nodes.If) -> Shape:
        """`if a then b else c`."""
        made = self.parts(node.condition, node.then, node.otherwise)
        if made is None:
            return BROKEN
        condition, then, otherwise = made
        asked = truth(condition)
        if isinstance(condition, Known):
            return then if condition.value is True else otherwise
        self.sheet.doubt(logic.null(condition))
        return chosen([(logic.certainly(asked), then)], otherwise)

    def path(self, node: nodes.Path) -> Shape:
        """`a.b`."""
        source = self.write(node.source)
        return BROKEN if isinstance(source, Broken) else self._member(source, node)

    def _member(self, source: Shape, node: nodes.Path) -> Shape:
        match source:
            case Known():
                return self.folded(node, [source]) or NULL
            case Record(entries=entries):
                return entries.get(node.name, NULL)
            case Listing(items=items):
                return Listing(tuple(self._member(each, node) for each in items))
            case Interval():
                raise Refused("parts of ranges are not made into SQL", "区间的属性不能转换为 SQL")
            case Scalar():
                return moments.part(source, node.name) or NULL
        raise Refused("this has no parts in SQL", "SQL 中它没有属性")

    def list(self, node: nodes.ListLiteral) -> Shape:
        """`[a, b]`."""
        made = self.parts(*node.items)
        return BROKEN if made is None else Listing(tuple(made))

    def context(self, node: nodes.ContextLiteral) -> Shape:
        """`{a: 1, b: a + 1}`."""
        entries: dict[str, Shape] = {}
        for entry in node.entries:
            entries[entry.key] = self._entry(entry, entries)
        return BROKEN if any(isinstance(each, Broken) for each in entries.values()) else Record(entries)

    def _entry(self, entry: nodes.Entry, above: Mapping[str, Shape]) -> Shape:
        """An entry sees those above it; a function also itself, which ends in a refusal when it is called."""
        within = dict(above)
        made = self.binding(within).write(entry.value)
        if not isinstance(entry.value, nodes.FunctionDefinition) or not isinstance(made, Closure):
            return made
        body, parameters = entry.value.body, made.parameters
        own: dict[str, Shape] = {}
        own[entry.key] = Closure(
            entry.key, parameters, lambda given: self.binding({**within, **own, **given}).write(body)
        )
        return own[entry.key]

    def range(self, node: nodes.RangeLiteral) -> Shape:
        """`[a..b]`, to lie in."""
        made = self.parts(node.start, node.end)
        return BROKEN if made is None else Interval(made[0], made[1], node.start_included, node.end_included)

    def bound(self, node: nodes.Bound) -> Shape:
        """`(< a)` as a value."""
        raise Refused("an open range as a value", "开区间不能作为值", node.span)

    def function(self, node: nodes.FunctionDefinition) -> Shape:
        """`function(a) b`: written out where it is called."""
        if node.external:
            raise Refused("external functions are never run", "不执行外部函数")
        parameters = tuple(
            (each.name, (type_of_node(each.type, self.types) if each.type else None) or ANY)
            for each in node.parameters
        )
        return Closure("function", parameters, lambda given: self.binding(given).write(node.body))

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

    def gone_through(self, iterators: Sequence[nodes.Iterator], body: Callable[[Writer], Shape]) -> Any:
        """The body for every combination of items; None where the items are not known in number."""
        if not iterators:
            return [body(self)]
        first, *rest = iterators
        results: list[Shape] = []
        for item in self._stepped(first):
            results += self.binding({first.name: item}).gone_through(rest, body)
            if len(results) > LONGEST_LIST:
                raise Refused(f"more than {LONGEST_LIST} steps to write out", f"展开超过 {LONGEST_LIST} 步")
        return results

    def _stepped(self, iterator: nodes.Iterator) -> Sequence[Shape]:
        source = self.write(iterator.source)
        if iterator.end is None:
            items = listed(source)
            if items is None:
                raise Refused("SQL goes through lists of known length only", "SQL 只能遍历长度已知的列表")
            return items
        end = self.write(iterator.end)
        if not isinstance(source, Known) or not isinstance(end, Known):
            raise Refused("SQL goes through constant ranges only", "SQL 只能遍历常量区间")
        whole = nodes.For((replace(iterator, source=nodes.Name("\x00a"), end=nodes.Name("\x00b")),),
                          nodes.Name(iterator.name))  # fmt: skip
        return listed(self._computed(whole, {"\x00a": source.value, "\x00b": end.value})) or ()

    def for_(self, node: nodes.For) -> Shape:
        """`for … return …` over lists of known length."""
        if any(isinstance(each, nodes.Name) and each.name == "partial" for each in nodes.walk(node.result)):
            raise Refused("“partial” has no meaning in SQL", "SQL 不支持 partial", node.result.span)
        made = self.gone_through(node.iterators, lambda inner: inner.write(node.result))
        return BROKEN if any(isinstance(each, Broken) for each in made) else Listing(tuple(made))

    def quantified(self, node: nodes.Quantified) -> Shape:
        """`some …`, `every …`."""
        made = self.gone_through(node.iterators, lambda inner: inner.write(node.condition))
        if any(isinstance(each, Broken) for each in made):
            return BROKEN
        join = logic.either if node.kind == "some" else logic.both
        return boolean(join([truth(each) for each in made]))

    def filter(self, node: nodes.Filter) -> Shape:
        """`a[b]`: an item by its place, or those that pass."""
        source = self.write(node.source)
        if isinstance(source, Broken):
            return BROKEN
        items = listed(source)
        if items is None:
            raise Refused("SQL filters lists of known length only", "SQL 只能筛选长度已知的列表")
        if constant(node.condition):
            return _picked(items, self.write(node.condition))
        answers = []
        for item in items:
            inner = {"item": item, **(item.entries if isinstance(item, Record) else {})}
            answers.append(self.binding(inner).write(node.condition))
        if any(isinstance(each, Broken) for each in answers):
            return BROKEN
        if any(isinstance(each, Scalar) and each.kind == NUMBER for each in answers):
            raise Refused(
                "the place of an item must be constant in SQL", "SQL 中列表下标须为常量", node.condition.span
            )
        there = [logic.certainly(truth(each)) for each in answers]
        return Gathered(tuple(zip(there, items, strict=True)))

    def call(self, node: nodes.Call) -> Shape:
        """`f(a)`."""
        from shuzhi.support.decisions.sql.calls import call

        return call(self, node)


def constant(node: Node) -> bool:
    """Whether nothing but literals and built-in functions stand in it."""
    for each in nodes.walk(node):
        if isinstance(each, nodes.Name) and each.name not in BUILTINS:
            return False
        if isinstance(each, nodes.InputValue | nodes.FunctionDefinition | nodes.For | nodes.Quantified | nodes.Filter
                      | nodes.UnaryTests | nodes.AnyTest):  # fmt: skip
            return False
    return not isinstance(node, nodes.Name)


def _picked(items: Sequence[Shape], place: Shape) -> Shape:
    value = place.value if isinstance(place, Known) else None
    if isinstance(value, bool):
        return Listing(tuple(items) if value else ())
    at = (
        int(value)
        if value is not None and not isinstance(value, str | Date | Range) and value == int(value)
        else 0
    )
    return items[at - 1 if at > 0 else at] if at and abs(at) <= len(items) else NULL


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


def _with_operands(node: Node, operands: Sequence[Node]) -> Node:
    """The node with other operands, in the order of its children."""
    rest = list(operands)
    changed: dict[str, Any] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node) and name != "function":
            changed[name] = rest.pop(0)
        elif name == "arguments":
            changed[name] = tuple(rest)
    return replace(node, **changed)


WRITERS: dict[type[Node], Callable[[Writer, Any], Shape]] = {
    nodes.Name: Writer.name,
    nodes.InputValue: Writer.input,
    nodes.Negation: Writer.negation,
    nodes.Arithmetic: Writer.arithmetic,
    nodes.Comparison: Writer.comparison,
    nodes.Conjunction: Writer.conjunction,
    nodes.Disjunction: Writer.disjunction,
    nodes.Between: Writer.between,
    nodes.In: Writer.in_,
    nodes.InstanceOf: Writer.instance_of,
    nodes.If: Writer.if_,
    nodes.For: Writer.for_,
    nodes.Quantified: Writer.quantified,
    nodes.Path: Writer.path,
    nodes.Filter: Writer.filter,
    nodes.Call: Writer.call,
    nodes.ListLiteral: Writer.list,
    nodes.ContextLiteral: Writer.context,
    nodes.RangeLiteral: Writer.range,
    nodes.Bound: Writer.bound,
    nodes.FunctionDefinition: Writer.function,
}
