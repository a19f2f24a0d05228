"""From tree to code: closures made once, run often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuzhi.support.decisions.feel.compile.builder import Builder
from shuzhi.support.decisions.feel.compile.faults import LOCALS, Run
from shuzhi.support.decisions.feel.compile.tests import Test
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Node, TypeNode
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.types import FeelType

__all__ = ["Compiled", "CompiledTests", "compile_expression", "compile_unary_tests", "resolve_type"]

NO_TYPES: dict[str, FeelType] = {}


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run; `run` takes an environment as `environment` makes it."""

    node: Node
    run: Run
    blank: tuple[None, ...]

    def __call__(self, scope: Scope) -> Any:
        """The value in a scope; why it is null, if it is, stands in `scope.problems`.

        Raises:
            LimitExceeded: the scope's limits do not allow so much work.
        """
        try:
            return self.run([scope, scope.variables, None, *self.blank])
        except RecursionError:
            raise _too_deep(scope) from None


@dataclass(frozen=True, slots=True)
class CompiledTests:
    """The tests of a cell ready to run."""

    node: Node
    test: Test
    blank: tuple[None, ...]

    def __call__(self, scope: Scope, value: Any) -> bool | None:
        """Whether the value passes; None where it can't be told.

        Raises:
            LimitExceeded: the scope's limits do not allow so much work.
        """
        try:
            return self.test([scope, scope.variables, value, *self.blank], value)
        except RecursionError:
            raise _too_deep(scope) from None


def _too_deep(scope: Scope) -> LimitExceeded:
    return LimitExceeded(limit=scope.limits.depth, what="nested calls", what_zh="函数嵌套层数")


def _too_deep_text() -> LimitExceeded:
    return LimitExceeded(limit=100, what="levels in a text", what_zh="表达式嵌套层数")


def compile_expression(node: Node, *, types: Mapping[str, FeelType] = NO_TYPES) -> Compiled:
    """The code of an expression; `types` are the named types of the model.

    Raises:
        LimitExceeded: the expression is too deep.
    """
    builder = Builder(types)
    try:
        run = builder.build(node)
    except RecursionError:
        raise _too_deep_text() from None
    return Compiled(node, run, (None,) * (builder.slots - LOCALS))


def compile_unary_tests(node: Node, *, types: Mapping[str, FeelType] = NO_TYPES) -> CompiledTests:
    """The code of a cell's tests.

    Raises:
        LimitExceeded: an expression among them is too deep.
    """
    builder = Builder(types)
    try:
        test = builder.test(node)
    except RecursionError:
        raise _too_deep_text() from None
    return CompiledTests(node, test, (None,) * (builder.slots - LOCALS))


def resolve_type(node: TypeNode, *, types: Mapping[str, FeelType] = NO_TYPES) -> FeelType | None:
    """The type that a text names, or None where it names none."""
    from shuzhi.support.decisions.feel.compile.typing import type_of_node

    return type_of_node(node, types)
