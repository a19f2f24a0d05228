"""From tree to closures: each node is compiled once, names become slots, what is known is computed now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.compile import (
    access,
    arithmetic,
    calls,
    comparisons,
    logic,
    loops,
    structures,
    tests,
)
from shuzhi.support.decisions.feel.compile.faults import LOCALS, Run, Site
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node, TypeNode
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values.functions import FunctionParameter
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.types import ANY, FeelType

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
TRUTHS = (
    nodes.Comparison,
    nodes.Conjunction,
    nodes.Disjunction,
    nodes.Between,
    nodes.In,
    nodes.InstanceOf,
    nodes.Quantified,
    nodes.Call,
)
# A list of the results so far may be shared with these; none of them keeps it.
ONLY_READ = frozenset(
    ("count", "sum", "min", "max", "mean", "product", "all", "any", "list contains", "index of")
)


class Builder:
    """Compiles one text; remembers which name is in which slot of the environment."""

    def __init__(self, types: Mapping[str, FeelType]) -> None:
        """Begin with no local variables."""
        self.types = types
        self.slots = LOCALS
        # Innermost last: names and their slots, or the slot of an item whose entries are names.
        self.scopes: list[dict[str, int] | int] = []

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

    def compiled(self, node: Node) -> Run:
        """The code of an expression, even of one that is known."""
        return METHODS[type(node)](self, node)

    def known(self, node: Node) -> Any:
        """The value of an expression of literals only, or UNKNOWN; faults are left for later."""
        if isinstance(node, PLAIN_NODES):
            invalid = isinstance(node, nodes.AtLiteral) and node.value is None
            return UNKNOWN if invalid else getattr(node, "value", None)
        if not isinstance(node, FOLDED_NODES):
            return UNKNOWN
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
        if not isinstance(node, nodes.Name) or self._is_local(node.name) or node.name in BUILTINS:
            return None
        return ".".join([node.name, *reversed(parts)])

    def _is_local(self, name: str) -> bool:
        return any(isinstance(scope, int) or name in scope for scope in self.scopes)

    def literal(self, node: Node) -> Run:
        """A number, a string, true, false or null."""
        return structures.always(getattr(node, "value", None))

    def at_literal(self, node: nodes.AtLiteral) -> Run:
        """`@"…"`; a text that is nothing of the kind is a fault in the rule."""
        if node.value is not None:
            return structures.always(node.value)
        site = self.site(node, "@")
        text = node.text[:40]
        return lambda env: site.wrong(
            env[0],
            "feel.invalid_literal",
            f"“{text}” is no date, time or duration",
            f"“{text}”不是日期、时间或时长",
        )

    def input(self, _node: nodes.InputValue) -> Run:
        """`?`; outside a test it is a variable like others."""
        return lambda env: env[2]

    def name(self, node: nodes.Name) -> Run:
        """A name: a local variable, an entry of the item in a filter, a variable, or a built-in function."""
        builtin = BUILTINS.get(node.name)
        otherwise = (
            structures.always(builtin) if builtin else access.unknown(node.name, self.site(node, node.name))
        )
        code = access.variable(node.name, otherwise)
        for scope in self.scopes:
            if isinstance(scope, int):
                code = access.entry_or(node.name, scope, code)
            elif node.name in scope:
                code = access.local(scope[node.name])
        return code

    def negation(self, node: nodes.Negation) -> Run:
        """`-e`."""
        return arithmetic.negation(self.build(node.operand), self.site(node, "-", node.operand))

    def arithmetic(self, node: nodes.Arithmetic) -> Run:
        """`a + b` and its kin."""
        site = self.site(node, node.sign, node.left, node.right)
        return arithmetic.arithmetic(node.sign, self.build(node.left), self.build(node.right), site)

    def comparison(self, node: nodes.Comparison) -> Run:
        """`a < b` and its kin."""
        site = self.site(node, node.sign, node.left, node.right)
        constant = self.known(node.right)
        if type(constant) in (Decimal, str):
            return comparisons.with_constant(node.sign, self.build(node.left), constant, site)
        return comparisons.comparison(node.sign, self.build(node.left), self.build(node.right), site)

    def logic(self, node: nodes.Conjunction | nodes.Disjunction) -> Run:
        """`a and b`, `a or b`."""
        deciding = isinstance(node, nodes.Disjunction)
        word = "or" if deciding else "and"
        sites = [Site(each.span, word, (self.origin(each),)) for each in node.items]
        return logic.joined([self.build(each) for each in node.items], sites, deciding=deciding)

    def between(self, node: nodes.Between) -> Run:
        """`a between b and c`."""
        parts = [self.build(each) for each in (node.value, node.low, node.high)]
        lower = self.site(node, "between", node.value, node.low)
        upper = self.site(node, "between", node.value, node.high)
        return comparisons.between(parts[0], parts[1], parts[2], lower, upper)

    def in_(self, node: nodes.In) -> Run:
        """`a in b`."""
        value = self.build(node.value)
        test = tests.any_of([self.test(each, self.origin(node.value)) for each in node.tests])
        return lambda env: test(env, value(env))

    def test(self, node: Node, origin: str | None = "?") -> tests.Test:
        """The test that an expression is, put to a value from an input."""
        if isinstance(node, nodes.AnyTest):
            return tests.anything
        if isinstance(node, nodes.UnaryTests):
            test = tests.any_of([self.test(each, origin) for each in node.tests])
            return tests.none_of(test) if node.negated else test
        if isinstance(node, nodes.Bound):
            site = Site(node.span, node.sign, (origin, self.origin(node.endpoint)))
            return tests.bound(node.sign, self.build(node.endpoint), site)
        site = Site(node.span, "in", (origin, self.origin(node)))
        if nodes.asks_input(node):
            return tests.asked(self.build(node), site)
        constant = self.known(node)
        if constant is not UNKNOWN:
            return tests.constant(constant, site)
        return tests.valued(self.build(node), site, truth=isinstance(node, TRUTHS))

    def instance_of(self, node: nodes.InstanceOf) -> Run:
        """`a instance of b`; a type that nobody knows is a fault in the rule."""
        type_ = type_of_node(node.type, self.types)
        value = self.build(node.value)
        if type_ is None:
            return self._unknown_type(node.type)
        return lambda env: type_.accepts(value(env))

    def _unknown_type(self, node: TypeNode) -> Run:
        site = self.site(node, "instance of")
        return lambda env: site.wrong(env[0], "feel.unknown_type", "there is no such type", "没有这样的类型")

    def if_(self, node: nodes.If) -> Run:
        """`if a then b else c`; whatever is not true goes to the other branch."""
        condition, then, otherwise = (self.build(each) for each in nodes.children(node))
        site = self.site(node.condition, "if", node.condition)

        def run(env: list[Any]) -> Any:
            answer = condition(env)
            if answer is True:
                return then(env)
            if answer is not False:
                site.refuse(env[0], answer)
            return otherwise(env)

        return run

    def _loops(self, iterators: tuple[nodes.Iterator, ...]) -> list[loops.Loop]:
        """The loops; each iterator's variable is in scope for the next, and stays so for the caller to pop."""
        made: list[loops.Loop] = []
        for each in iterators:
            if each.end is None:
                items = loops.items_of(self.build(each.source), self.site(each, "in", each.source))
            else:
                site = self.site(each, "..", each.source, each.end)
                items = loops.counted(self.build(each.source), self.build(each.end), site)
            slot = self.slot()
            made.append((slot, items))
            self.scopes.append({each.name: slot})
        return made

    def for_(self, node: nodes.For) -> Run:
        """`for … return …`."""
        before = len(self.scopes)
        made, partial = self._loops(node.iterators), self.slot()
        with self.scope({"partial": partial}):
            body = self.build(node.result)
        del self.scopes[before:]
        return loops.for_loop(made, body, partial, keeps_partial=_keeps_partial(node.result))

    def quantified(self, node: nodes.Quantified) -> Run:
        """`some …`, `every …`."""
        before = len(self.scopes)
        made = self._loops(node.iterators)
        condition = self.build(node.condition)
        del self.scopes[before:]
        site = self.site(node.condition, node.kind)
        return loops.quantified(made, condition, site, deciding=node.kind == "some")

    def path(self, node: nodes.Path) -> Run:
        """`a.b`."""
        return access.member(
            self.build(node.source), node.name, self.site(node, f".{node.name}", node.source)
        )

    def filter(self, node: nodes.Filter) -> Run:
        """`a[b]`."""
        source, site = self.build(node.source), self.site(node, "[…]", node.source)
        constant = self.known(node.condition)
        index = whole(constant)
        if index is not None:
            return access.indexed(source, index, site)
        slot = self.slot()
        with self.scope(slot):
            condition = self.build(node.condition)
        return access.filtered(source, condition, slot, site)

    def call(self, node: nodes.Call) -> Run:
        """`f(a)`."""
        arguments = [self.build(each) for each in node.arguments]
        name = node.function.name if isinstance(node.function, nodes.Name) else ""
        site = self.site(node, name or "()", *node.arguments)
        return calls.call(self._callee(node.function), arguments, node.parameters, site)

    def _callee(self, node: Node) -> Run:
        """What is called; a variable that is no function does not hide a built-in function of its name."""
        code = self.build(node)
        builtin = BUILTINS.get(node.name) if isinstance(node, nodes.Name) else None
        if builtin is None:
            return code

        def run(env: list[Any]) -> Any:
            value = code(env)
            return value if calls.is_function(value) else builtin

        return run

    def list(self, node: nodes.ListLiteral) -> Run:
        """`[a, b]`."""
        return structures.list_of([self.build(each) for each in node.items])

    def context(self, node: nodes.ContextLiteral) -> Run:
        """`{a: 1}`."""
        own: dict[str, int] = {}
        entries: list[tuple[str, int, Run]] = []
        with self.scope(own):
            for entry in node.entries:
                slot = self.slot()
                entries.append((entry.key, slot, self._entry(entry, own, slot)))
                own[entry.key] = slot
        return structures.context_of(entries)

    def _entry(self, entry: nodes.Entry, own: dict[str, int], slot: int) -> Run:
        """An entry does not see itself, but a function may call itself by its name."""
        if not isinstance(entry.value, nodes.FunctionDefinition):
            return self.build(entry.value)
        own[entry.key] = slot
        return self.function(entry.value, name=entry.key, own=slot)

    def range(self, node: nodes.RangeLiteral) -> Run:
        """`[a..b]`."""
        included = (node.start_included, node.end_included)
        site = self.site(node, "..", node.start, node.end)
        return structures.range_of(self.build(node.start), self.build(node.end), included, site)

    def bound(self, node: nodes.Bound) -> Run:
        """`(> a)` as a value."""
        return structures.bound_of(
            node.sign, self.build(node.endpoint), self.site(node, node.sign, node.endpoint)
        )

    def function(self, node: nodes.FunctionDefinition, name: str = "", own: int | None = None) -> Run:
        """`function(a) b`; an external one is never run."""
        if node.external:
            return self._external(node)
        slots = [self.slot() for _ in node.parameters]
        parameters = tuple(
            FunctionParameter(each.name, self._declared(each.type)) for each in node.parameters
        )
        with self.scope(dict(zip((each.name for each in node.parameters), slots, strict=True))):
            body = self.build(node.body)
        return calls.made(parameters, slots, body, own, name)

    def _declared(self, node: TypeNode | None) -> FeelType:
        return (type_of_node(node, self.types) if node else None) or ANY

    def _external(self, node: Node) -> Run:
        site = self.site(node, "external")
        return lambda env: site.wrong(
            env[0], "feel.external", "external functions are never run", "不执行外部函数"
        )


def _keeps_partial(node: Node) -> bool:
    """Whether a result may hold on to the list `partial`: it stands elsewhere than in a filter or a count."""
    harmless: set[int] = set()
    for each in nodes.walk(node):
        if isinstance(each, nodes.Filter):
            harmless.add(id(each.source))
        elif isinstance(each, nodes.Call) and getattr(each.function, "name", "") in ONLY_READ:
            harmless.update(map(id, each.arguments))
    return any(
        isinstance(each, nodes.Name) and each.name == "partial" and id(each) not in harmless
        for each in nodes.walk(node)
    )


METHODS: dict[type[Node], Callable[[Builder, Any], Run]] = {
    nodes.Number: Builder.literal,
    nodes.String: Builder.literal,
    nodes.Boolean: Builder.literal,
    nodes.Null: Builder.literal,
    nodes.AtLiteral: Builder.at_literal,
    nodes.InputValue: Builder.input,
    nodes.Name: Builder.name,
    nodes.Negation: Builder.negation,
    nodes.Arithmetic: Builder.arithmetic,
    nodes.Comparison: Builder.comparison,
    nodes.Conjunction: Builder.logic,
    nodes.Disjunction: Builder.logic,
    nodes.Between: Builder.between,
    nodes.In: Builder.in_,
    nodes.InstanceOf: Builder.instance_of,
    nodes.If: Builder.if_,
    nodes.For: Builder.for_,
    nodes.Quantified: Builder.quantified,
    nodes.Path: Builder.path,
    nodes.Filter: Builder.filter,
    nodes.Call: Builder.call,
    nodes.ListLiteral: Builder.list,
    nodes.ContextLiteral: Builder.context,
    nodes.RangeLiteral: Builder.range,
    nodes.Bound: Builder.bound,
    nodes.FunctionDefinition: Builder.function,
}
