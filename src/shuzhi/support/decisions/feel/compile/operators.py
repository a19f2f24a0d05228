"""Compiling literals, names, operators and tests."""

from __future__ import annotations

from decimal import Decimal

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.compile import access, arithmetic, comparisons, logic, structures, tests
from shuzhi.support.decisions.feel.compile.core import UNKNOWN, Core
from shuzhi.support.decisions.feel.compile.faults import Run, Site
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.nodes import Node, TypeNode

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


class Operators(Core):
    """Literals, names, operators and tests."""

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
        otherwise = self._unbound(node)
        code = access.variable(node.name, otherwise)
        for scope in self.scopes:
            if isinstance(scope, int):
                code = access.entry_or(node.name, scope, code)
            elif node.name in scope:
                code = access.local(scope[node.name])
        return code

    def _unbound(self, node: nodes.Name) -> Run:
        """What a name means that the scope does not have: a built-in function, a missing input, or nothing."""
        builtin = BUILTINS.get(node.name)
        if builtin:
            return structures.always(builtin)
        site = Site(node.span, node.name)
        if node.declared and not self.is_local(node.name):
            return access.absent(Site(node.span, node.name, (node.name,)))
        items = [scope for scope in self.scopes if isinstance(scope, int)]
        return access.no_entry(items, access.unknown(node.name, site))

    def negation(self, node: nodes.Negation) -> Run:
        """`-e`."""
        return arithmetic.negation(self.build(node.operand), self.site(node, "-", node.operand))

    def arithmetic(self, node: nodes.Arithmetic) -> Run:
        """`a + b` and its kin; a long sum is gone through, not down into."""
        chain = [node]
        while isinstance(node.left, nodes.Arithmetic) and self.known(node.left) is UNKNOWN:
            node = node.left
            chain.append(node)
        run = self.build(node.left)
        for each in reversed(chain):
            site = self.site(each, each.sign, each.left, each.right)
            run = arithmetic.arithmetic(each.sign, run, self.build(each.right), site)
        return run

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
        return self._by_value(node, origin)

    def _by_value(self, node: Node, origin: str | None) -> tests.Test:
        """The test that is an expression: true itself, or equal to the value, or something the value lies in."""
        site = Site(node.span, "in", (origin, self.origin(node)))
        if nodes.asks_input(node):
            return tests.asked(self.build(node), site)
        constant = self.known(node)
        if constant is not UNKNOWN:
            return tests.constant(constant, site)
        if isinstance(node, nodes.RangeLiteral):
            return self._within(node, origin)
        return tests.valued(self.build(node), site, truth=isinstance(node, TRUTHS))

    def _within(self, node: nodes.RangeLiteral, origin: str | None) -> tests.Test:
        """The test of a range whose ends are not known yet."""
        lower = Site(node.span, "in", (origin, self.origin(node.start)))
        upper = Site(node.span, "in", (origin, self.origin(node.end)))
        included = (node.start_included, node.end_included)
        return tests.within(self.build(node.start), self.build(node.end), included, lower, upper)

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
