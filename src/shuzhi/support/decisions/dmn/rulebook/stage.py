"""One evaluation of a file (求值): inputs taken in, decisions made once, each with a step of the trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem, Step
from shuzhi.support.decisions.dmn.boxes.desk import misfit, report, run_in
from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.kinds import filled
from shuzhi.support.decisions.dmn.notes import Notes
from shuzhi.support.decisions.dmn.rulebook.book import Book
from shuzhi.support.decisions.dmn.rulebook.units import (
    DecisionUnit,
    Form,
    InputUnit,
    Need,
    Unit,
    in_order,
    put,
)
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import to_python
from shuzhi.support.decisions.feel.values.types import MISFIT, coerced


class Stage:
    """The values of one file in one evaluation; imported files have stages of their own below it."""

    def __init__(
        self,
        book: Book,
        given: Mapping[str, Any],
        scope: Scope,
        *,
        fixed: Mapping[int, Any] | None = None,
        steps: list[Step] | None = None,
        outer: Stage | None = None,
    ) -> None:
        """`given` are FEEL values by normal name; `fixed` values of units, by id, that are not to be computed."""
        self.book, self.given, self.scope = book, given, scope
        self.steps, self.outer = steps, outer
        self.values: dict[int, Any] = dict(fixed or {})
        self.below: dict[str, Stage] = {}
        self.missing: list[str] = outer.missing if outer else []
        self.making: set[int] = set()

    def at(self, path: tuple[str, ...]) -> Stage:
        """The stage of a file reached through imports; its inputs stand under the import's name."""
        stage = self
        for name in path:
            stage = stage._below(name)
        return stage

    def _below(self, name: str) -> Stage:
        if name not in self.below:
            inside = None if name.startswith(UNNAMED) else self.given.get(normal_name(name))
            given = inside if isinstance(inside, dict) else self.given
            book = self.book.below[name]
            # A service fixes values in whatever file they are.
            self.below[name] = Stage(book, given, self.scope, fixed=self.values, steps=self.steps, outer=self)
        return self.below[name]

    def value_of(self, unit: Unit) -> Any:
        """The value of a unit; a function for knowledge and services."""
        if id(unit) in self.values:
            return self.values[id(unit)]
        match unit:
            case InputUnit():
                value = self._input(unit)
            case DecisionUnit():
                for first in in_order(unit):
                    if id(first) not in self.values and id(first) not in self.making:
                        self._decide(first)
                if id(unit) not in self.values:
                    self._decide(unit)
                return self.values[id(unit)]
            case _:
                value = unit.function
        self.values[id(unit)] = value
        return value

    def _input(self, unit: InputUnit) -> Any:
        value = self.given.get(unit.variable)
        if value is None:
            if unit.name not in self.missing:
                self.missing.append(unit.name)
            return None
        fitted = coerced(filled(value, unit.kind), unit.kind)
        if fitted is MISFIT:
            report(self.scope, misfit(unit.name, value, None, unit.name))
            return None
        return fitted

    def _decide(self, unit: DecisionUnit) -> None:
        if id(unit) in self.making:
            words = Words(zh=f"“{unit.name}”依赖自己", en=f"“{unit.name}” needs itself")
            report(self.scope, Problem("cycle", words, unit.place))
            self.values[id(unit)] = None
            return
        self.making.add(id(unit))
        try:
            self.values[id(unit)] = self._given(unit) if unit.variable in self.given else self._made(unit)
        finally:
            self.making.discard(id(unit))

    def _given(self, unit: DecisionUnit) -> Any:
        """A decision whose value was handed in."""
        value = coerced(self.given[unit.variable], unit.kind)
        if value is MISFIT:
            report(self.scope, misfit(unit.name, self.given[unit.variable], None, unit.name))
            value = None
        if self.steps is not None:
            self.steps.append(Step(unit.name, to_python(value), given=True))
        return value

    def _made(self, unit: DecisionUnit) -> Any:
        form = self._form(unit) if unit.forms else None
        if unit.forms and form is None:
            return None
        if form is not None and form.unit is not None:
            value = self.value_of(form.unit)
            if self.steps is not None:
                self.steps.append(Step(unit.name, to_python(value), bases=form.bases, period=form.period))
            return value
        return self._run(unit, form)

    def _run(self, unit: DecisionUnit, form: Form | None) -> Any:
        run = form.run if form is not None else unit.run
        notes: Any = self.scope.problems
        needed = [(need, self.at(need.path).value_of(need.unit)) for need in unit.needs]
        variables = _variables(needed)
        if run is None:
            words = Words(zh=f"“{unit.name}”没有逻辑", en=f"“{unit.name}” has no logic")
            report(self.scope, Problem("logic-missing", words, unit.place))
            return None
        if self.steps is None or not isinstance(notes, Notes):
            return run_in(run, self.scope, variables)
        before, tables = len(notes), notes.tables
        notes.tables = []
        value = run_in(run, self.scope, variables)
        made, notes.tables = notes.tables, tables
        self.steps.append(
            Step(
                unit.name,
                to_python(value),
                inputs=tuple((_named(need), to_python(value)) for need, value in needed if _is_data(need)),
                tables=tuple(made),
                missing=tuple(
                    _named(need)
                    for need, value in needed
                    if value is None and isinstance(need.unit, InputUnit)
                ),
                bases=form.bases if form else unit.bases,
                period=form.period if form else None,
                problems=tuple(each for each in notes[before:] if isinstance(each, Problem)),
            )
        )
        return value

    def _form(self, unit: DecisionUnit) -> Form | None:
        """The form of a dated decision that holds on the day; the reason is kept where there is none."""
        notes = self.scope.problems
        day = notes.day if isinstance(notes, Notes) else None
        if day is None:
            words = Words(zh="规则有时效，须指明按哪一天判断", en="the rules are dated: say as of which day")
            report(self.scope, Problem("day-missing", words, unit.place, "as_of", "missing"))
            return None
        for form in unit.forms:
            if form.period.holds(day):
                return form
        words = Words(
            zh=f"“{unit.name}”在 {day} 没有有效的规定", en=f"nothing is valid for “{unit.name}” on {day}"
        )
        report(self.scope, Problem("not-in-force", words, unit.place))
        return None


def _variables(needed: Iterable[tuple[Need, Any]]) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for need, value in needed:
        if need.path:
            put(variables, need.path, need.unit.variable, value)
        else:
            variables[need.unit.variable] = value
    return variables


def _is_data(need: Need) -> bool:
    return isinstance(need.unit, (InputUnit, DecisionUnit))


def _named(need: Need) -> str:
    if not need.path:
        return need.unit.name
    return ".".join([*(each for each in need.path if not each.startswith(UNNAMED)), need.unit.name])
