"""From tree to closures: each node is compiled once, names become slots, what is known is computed now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.compile import access, calls, loops, structures
from shuzhi.support.decisions.feel.compile.faults import Run
from shuzhi.support.decisions.feel.compile.operators import Operators
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.nodes import Node, TypeNode
from shuzhi.support.decisions.feel.values.functions import FunctionParameter
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.types import ANY, FeelType

# A list of the results so far may be shared with these; none of them keeps it.
ONLY_READ = frozenset(
    ("count", "sum", "min", "max", "mean", "product", "all", "any", "list contains", "index of")
)


class Builder(Operators):
    """Compiles one text."""

    def compiled(self, node: Node) -> Run:
        """The code of an expression, even of one that is known."""
        return METHODS[type(node)](self, node)

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
        if name in BUILTINS and node.parameters is None and not self.is_local(name):
            return calls.builtin_call(BUILTINS[name], arguments, site)
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
