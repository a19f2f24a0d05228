"""Knowledge models and decision services as functions (函数)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shuzhi.support.decisions.dmn.boxes.desk import Run, misfit, report, run_in
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, ServiceUnit
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.functions import Function, FunctionParameter
from shuzhi.support.decisions.feel.values.types import ANY, MISFIT, FeelType, coerced

if TYPE_CHECKING:
    from shuzhi.support.decisions.dmn.rulebook.book import Book


def knowledge_function(
    name: str,
    parameters: tuple[FunctionParameter, ...],
    body: Run,
    around: Callable[[], Mapping[str, Any]],
    result: FeelType,
) -> Function:
    """A knowledge model as a function: it sees its arguments and the functions that it needs, nothing else."""

    def call(scope: Scope, arguments: Sequence[Any]) -> Any:
        given = {each.name: value for each, value in zip(parameters, arguments, strict=True)}
        return run_in(body, scope, {**around(), **given})

    return Function(name, parameters, call, result)


def service_function(book: Book, unit: ServiceUnit) -> Function:
    """A decision service as a function of its input data and input decisions, in this order."""
    units = [each.unit for each in unit.inputs if isinstance(each.unit, (InputUnit, DecisionUnit))]
    parameters = tuple(FunctionParameter(each.variable, each.kind) for each in units)

    def call(scope: Scope, arguments: Sequence[Any]) -> Any:
        from shuzhi.support.decisions.dmn.rulebook.stage import Stage

        scope.spend(1)
        fixed = dict(zip(map(id, units), arguments, strict=True))
        stage = Stage(book, {}, scope, fixed=fixed)
        return service_result(unit, outputs_of(unit, stage), scope)

    return Function(unit.name, parameters, call, unit.kind)


def outputs_of(unit: ServiceUnit, stage: Any) -> dict[str, Any]:
    """The values of a service's output decisions."""
    outputs: dict[str, Any] = {}
    for need in unit.outputs:
        outputs[need.unit.variable] = stage.at(need.path).value_of(need.unit)
    return outputs


def service_result(unit: ServiceUnit, outputs: dict[str, Any], scope: Scope) -> Any:
    """One output is the result itself, several are a context."""
    value = next(iter(outputs.values())) if len(outputs) == 1 else outputs
    if unit.kind is ANY:
        return value
    fitted = coerced(value, unit.kind)
    if fitted is MISFIT:
        report(scope, misfit(unit.name, value, None))
        return None
    return fitted
