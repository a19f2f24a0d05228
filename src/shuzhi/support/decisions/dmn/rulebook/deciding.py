"""One question answered (问答): the stage is set, the unit evaluated, and what came of it told apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Answer, Problem, Status, Step, Trace
from shuzhi.support.decisions.dmn.boxes.desk import locate, misfit, report
from shuzhi.support.decisions.dmn.notes import Notes
from shuzhi.support.decisions.dmn.rulebook.book import Book
from shuzhi.support.decisions.dmn.rulebook.door import asked_for
from shuzhi.support.decisions.dmn.rulebook.serving import outputs_of, service_result
from shuzhi.support.decisions.dmn.rulebook.stage import Stage
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, KnowledgeUnit, ServiceUnit, Unit
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values import to_python
from shuzhi.support.decisions.feel.values.types import ANY, MISFIT, coerced
from shuzhi.support.decisions.types import Place

INPUT_KINDS = ("missing", "ill-typed")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of which file, as of when and how."""

    book: Book
    unit: Unit
    as_of: date | None
    at: dt.datetime | None
    strict: bool
    traced: bool
    limits: Limits
    digest: str


def ask(asking: Asking, given: dict[str, Any], refused: list[Problem]) -> Answer:
    """The answer; whatever goes wrong on the way is part of it."""
    value, notes, missing, steps = evaluate(asking, given)
    notes[:0] = refused
    locate_all(notes, asking.book.file)
    outside = asked_for(asking.book, asking.unit) if notes else {}
    problems = tuple(_of_input(each, outside) for each in notes)
    status = _status(value, problems, missing, strict=asking.strict)
    if asking.traced and (not steps or steps[-1].decision != asking.unit.name):
        steps.append(Step(asking.unit.name, to_python(value), problems=problems))
    trace = Trace(asking.unit.name, asking.digest, asking.as_of, tuple(steps)) if asking.traced else None
    return Answer(
        asking.unit.name,
        status,
        to_python(value) if status is Status.VALUE else None,
        _lacking(problems, missing) if status is Status.NOT_EVALUABLE else (),
        problems,
        trace,
    )


def evaluate(asking: Asking, given: dict[str, Any]) -> tuple[Any, Notes, list[str], list[Step]]:
    """The FEEL value, what was noted, the inputs that were missing, and the steps of the trace."""
    scope = Scope({}, limits=asking.limits, now=asking.at)
    notes = Notes(day=asking.as_of, traced=asking.traced, strict=asking.strict)
    scope.problems = notes
    steps: list[Step] = []
    stage = Stage(asking.book, given, scope, steps=steps if asking.traced else None)
    try:
        value = _value(asking.unit, given, stage, scope)
    except LimitExceeded as error:
        value = None
        notes.append(Problem(error.code, Words(zh=error.message_zh, en=str(error))))
    except RecursionError:
        value = None
        words = Words(zh="计算层次过深", en="the evaluation goes too deep")
        notes.append(Problem("decisions.limit_exceeded", words))
    return value, notes, stage.missing, steps


def _value(unit: Unit, given: dict[str, Any], stage: Stage, scope: Scope) -> Any:
    match unit:
        case KnowledgeUnit():
            return _call(unit, given, scope)
        case ServiceUnit():
            _fix(unit, given, stage)
            return service_result(unit, outputs_of(unit, stage), scope)
        case DecisionUnit():
            # The asked decision is computed even where its value was handed in.
            own = stage.given
            stage.given = {name: value for name, value in own.items() if name != unit.variable}
            return stage.value_of(unit)
        case _:
            return stage.value_of(unit)


def _fix(unit: ServiceUnit, given: dict[str, Any], stage: Stage) -> None:
    """What a service is handed in takes the place of its input decisions, in whatever file they are."""
    for need in unit.inputs:
        name = need.unit.variable
        inside: Any = given
        for step in need.path:
            inside = inside.get(normal_name(step), inside) if isinstance(inside, dict) else inside
        value = inside.get(name) if isinstance(inside, dict) else None
        if isinstance(need.unit, DecisionUnit):
            fitted = coerced(value, need.unit.kind)
            stage.values[id(need.unit)] = None if fitted is MISFIT else fitted
            if value is None:
                stage.missing.append(need.unit.name)


def _call(unit: KnowledgeUnit, given: dict[str, Any], scope: Scope) -> Any:
    function = unit.function
    assert function is not None  # set when the file was compiled
    arguments = []
    for parameter in function.parameters:
        value = given.get(parameter.name)
        fitted = coerced(value, parameter.type)
        if fitted is MISFIT:
            report(scope, misfit(parameter.name, value, None, parameter.name))
            return None
        arguments.append(fitted)
    value = function.call(scope, arguments)
    fitted = value if function.result is ANY else coerced(value, function.result)
    return None if fitted is MISFIT else fitted


def locate_all(notes: Notes, file: str) -> None:
    """Problems that no box has placed are of the file."""
    holder = Scope({})
    holder.problems = notes
    locate(holder, 0, Place(file))


def _of_input(problem: Problem, outside: Mapping[str, Any]) -> Problem:
    """FEEL names whatever variable was null; only what comes from outside can be asked for there."""
    if not problem.input or problem.code == "day-missing" or normal_name(problem.input) in outside:
        return problem
    return replace(problem, input="", kind="missing" if problem.kind == "missing" else "rule")


def _status(value: Any, problems: tuple[Problem, ...], missing: list[str], *, strict: bool) -> Status:
    """A null without any reason is a value; a null that an input could have prevented is not evaluable."""
    if value is not None and not (strict and problems):
        return Status.VALUE
    if any(each.kind in INPUT_KINDS and each.input for each in problems):
        return Status.NOT_EVALUABLE
    if missing and all(each.kind == "missing" for each in problems):
        return Status.NOT_EVALUABLE
    return Status.ERROR if problems else Status.VALUE


def _lacking(problems: tuple[Problem, ...], missing: list[str]) -> tuple[str, ...]:
    named = [each.input for each in problems if each.kind in INPUT_KINDS and each.input]
    return tuple(dict.fromkeys([*named, *missing]))
