"""The bindings of one evaluation, what it may cost, and the reasons of its nulls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.nodes import Span

SMALL = 1000
# A call takes about as long as so many items.
CALL_COST = 4
Kind = Literal["missing", "ill-typed", "rule"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is null: an input that is missing or ill-typed, by its name, or the rule itself."""

    code: str
    en: str
    zh: str
    span: Span
    kind: Kind = "rule"
    input: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What an evaluation may cost.

    `steps` counts items gone through and functions called, `depth` functions within functions, `items` the
    longest list that may come into being, `characters` the longest string.
    """

    steps: int = 500_000
    depth: int = 100
    items: int = 500_000
    characters: int = 500_000
    problems: int = 100


DEFAULT_LIMITS = Limits()


class Scope:
    """Names and their values, already FEEL values (`values.from_python`); one for each evaluation."""

    __slots__ = ("depth", "limits", "now", "problems", "steps", "variables")

    def __init__(
        self,
        variables: Mapping[str, Any],
        *,
        limits: Limits = DEFAULT_LIMITS,
        now: dt.datetime | None = None,
    ) -> None:
        """Begin with no problems and nothing spent; `now` is what the clock shall say."""
        self.variables = variables
        self.limits = limits
        self.now = now
        self.problems: list[Problem] = []
        self.steps = 0
        self.depth = 0

    def spend(self, steps: int) -> None:
        """Count work.

        Raises:
            LimitExceeded: there was too much of it.
        """
        self.steps += steps
        if self.steps > self.limits.steps:
            raise LimitExceeded(limit=self.limits.steps, what="steps", what_zh="计算步数")

    def enter(self) -> None:
        """Go into a function.

        Raises:
            LimitExceeded: too many functions within functions.
        """
        self.depth += 1
        self.spend(CALL_COST)
        if self.depth > self.limits.depth:
            raise LimitExceeded(limit=self.limits.depth, what="nested calls", what_zh="函数嵌套层数")

    def sized(self, value: Any) -> Any:
        """A list or string that came into being.

        Raises:
            LimitExceeded: it is too long.
        """
        kind = type(value)
        if kind is list and len(value) > self.limits.items:
            raise LimitExceeded(limit=self.limits.items, what="items in a list", what_zh="列表项数")
        if kind is str and len(value) > self.limits.characters:
            raise LimitExceeded(
                limit=self.limits.characters, what="characters in a string", what_zh="字符串长度"
            )
        return value

    def report(self, problem: Problem) -> None:
        """Keep the reason of a null; the first ones are enough."""
        if len(self.problems) < self.limits.problems and problem not in self.problems:
            self.problems.append(problem)
