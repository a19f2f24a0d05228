"""Text to answer in one go, and the strict reading of an answer: a value, not evaluable, or a fault in the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuzhi.support.decisions.feel.compile import Compiled, compile_expression
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.scope import Limits, Problem, Scope
from shuzhi.support.decisions.feel.values import from_python

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The value by the standard, and why something in it is null."""

    value: Any
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value that depends on nothing missing."""

    value: Any


@dataclass(frozen=True, slots=True)
class NotEvaluable:
    """Inputs are missing or of the wrong type."""

    problems: tuple[Problem, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of these inputs, in the order in which they were asked for."""
        return tuple(dict.fromkeys(each.input for each in self.problems if each.input))


@dataclass(frozen=True, slots=True)
class RuleError:
    """The rule itself is wrong; each problem has its place in the text."""

    problems: tuple[Problem, ...]


def evaluate(
    text: str,
    variables: Mapping[str, Any] | None = None,
    *,
    names: Names | None = None,
    limits: Limits = DEFAULT_LIMITS,
    now: dt.datetime | None = None,
) -> Evaluation:
    """Parse, compile and run one expression on Python values.

    Raises:
        FeelSyntaxError: the text is no FEEL.
        LimitExceeded: it needs more than the limits allow.
    """
    given = from_python(variables or {})
    node = parse_expression(text, names=names or Names.of(given))
    scope = Scope(given, limits=limits, now=now)
    value = compile_expression(node)(scope)
    return Evaluation(value, tuple(scope.problems))


def strictly(compiled: Compiled, scope: Scope) -> Evaluated | NotEvaluable | RuleError:
    """Run, and say what the value is worth: no null that comes of a wrong type passes for an answer.

    Raises:
        LimitExceeded: it needs more than the scope's limits allow.
    """
    value = compiled(scope)
    return verdict(value, scope.problems)


def verdict(value: Any, problems: list[Problem]) -> Evaluated | NotEvaluable | RuleError:
    """What a value with these problems is worth; a fault in the rule weighs more than a missing input."""
    wrong = tuple(each for each in problems if each.kind == "rule")
    if wrong:
        return RuleError(wrong)
    return NotEvaluable(tuple(problems)) if problems else Evaluated(value)
