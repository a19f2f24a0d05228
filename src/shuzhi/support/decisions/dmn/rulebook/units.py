"""The parts of rule files, compiled (部件): inputs, decisions, knowledge, services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shuzhi.support.decisions.dmn.boxes.desk import Run
from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.tables import CompiledTable
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values.functions import Function
from shuzhi.support.decisions.feel.values.types import ANY, FeelType
from shuzhi.support.decisions.types import Basis, Period, Place


@dataclass(eq=False, slots=True)
class InputUnit:
    """A value from outside."""

    name: str
    variable: str
    kind: FeelType


@dataclass(eq=False, slots=True)
class Need:
    """What a decision needs: through which imports, and the unit."""

    path: tuple[str, ...]
    unit: Unit


@dataclass(eq=False, slots=True)
class Form:
    """A decision as it is in a period: its own code, or that of another decision which is its version."""

    period: Period
    bases: tuple[Basis, ...]
    run: Run | None
    unit: DecisionUnit | None = None


@dataclass(eq=False, slots=True)
class DecisionUnit:
    """A decision: what it needs, its code, and where it is dated its forms."""

    name: str
    variable: str
    place: Place
    kind: FeelType = ANY
    needs: list[Need] = field(default_factory=list)
    run: Run | None = None
    bases: tuple[Basis, ...] = ()
    forms: list[Form] = field(default_factory=list)
    order: list[DecisionUnit] | None = None
    plain_table: CompiledTable | None = None  # where the decision is a table and its result taken as it is


@dataclass(eq=False, slots=True)
class KnowledgeUnit:
    """A function with a name."""

    name: str
    variable: str
    function: Function | None = None


@dataclass(eq=False, slots=True)
class ServiceUnit:
    """Decisions given out together, and what must be handed in: input data first, then input decisions."""

    name: str
    variable: str
    inputs: list[Need] = field(default_factory=list)
    outputs: list[Need] = field(default_factory=list)
    encapsulated: list[Need] = field(default_factory=list)
    kind: FeelType = ANY
    function: Function | None = None


Unit = InputUnit | DecisionUnit | KnowledgeUnit | ServiceUnit


def in_order(unit: DecisionUnit) -> list[DecisionUnit]:
    """The decisions of the same file that one needs, each after those that it needs itself."""
    if unit.order is None:
        unit.order = _ordered(unit)
    return unit.order


def _ordered(unit: DecisionUnit) -> list[DecisionUnit]:
    done: list[DecisionUnit] = []
    seen = {id(unit)}
    trail: list[tuple[DecisionUnit, Iterator[Need]]] = [(unit, iter(unit.needs))]
    while trail:
        current, needs = trail[-1]
        need = next(needs, None)
        if need is None:
            trail.pop()
            done.append(current)
        elif not need.path and isinstance(need.unit, DecisionUnit) and id(need.unit) not in seen:
            seen.add(id(need.unit))
            trail.append((need.unit, iter(need.unit.needs)))
    return done[:-1]


def put(variables: dict[str, Any], path: tuple[str, ...], variable: str, value: Any) -> None:
    """Set a value under its name, within the contexts of the imports it came through."""
    for name in path:
        if not name.startswith(UNNAMED):
            variables = variables.setdefault(normal_name(name), {})
    variables[variable] = value
