"""Each kind of box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn import model
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.boxes.desk import Desk, Run, report, run_in
from shuzhi.support.decisions.dmn.boxes.loops import compile_filter, compile_iteration, no_boolean
from shuzhi.support.decisions.dmn.model import Expression, Named
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.functions import Function, FunctionParameter
from shuzhi.support.decisions.feel.values.types import ANY, FunctionOf


def compile_box(box: Expression | None, desk: Desk) -> Run:
    """A boxed expression as a closure; an empty box is null (that it is empty was noted when it was read)."""
    if box is None:
        return _nothing
    kind = desk.kind(box.type, box.spot)
    run: Run = _SHAPES[type(box)](box, desk)
    if isinstance(box, model.Function) and not isinstance(kind, FunctionOf):
        return run  # some tools write the type of the result there
    return desk.fitting(run, kind, box.spot, desk.decision, kept=True)


def _nothing(scope: Scope) -> Any:
    del scope


def _literal(box: model.Literal, desk: Desk) -> Run:
    return desk.compile(box.text)


def _table(box: model.Table, desk: Desk) -> Run:
    from shuzhi.support.decisions.dmn.tables import compile_table

    return compile_table(box, desk)


def _context(box: model.Context, desk: Desk) -> Run:
    entries: list[tuple[str, Run]] = []
    result: Run | None = None
    for entry in box.entries:
        if entry.variable is None:
            result = compile_box(entry.value, desk)
            continue
        name = normal_name(entry.variable.name)
        run = _entry(name, entry.value, desk)
        spot = entry.variable.spot
        entries.append((name, desk.fitting(run, desk.kind(entry.variable.type, spot), spot, name)))
        desk = desk.declaring([name])

    def evaluate(scope: Scope) -> Any:
        variables, made = dict(scope.variables), {}
        for name, run in entries:
            made[name] = variables[name] = run_in(run, scope, variables)
        return made if result is None else run_in(result, scope, variables)

    return evaluate


def _entry(name: str, box: Expression | None, desk: Desk) -> Run:
    """An entry's value; a function may call itself by the entry's name."""
    if isinstance(box, model.Function) and box.kind == "FEEL":
        return _function(box, desk.declaring([name]), own=name)
    if isinstance(box, model.Literal) and box.text.text.lstrip().startswith("function"):
        return compile_box(box, desk.declaring([name]))
    return compile_box(box, desk)


def _listing(box: model.Listing, desk: Desk) -> Run:
    items = [compile_box(item, desk) for item in box.items]
    return lambda scope: [run(scope) for run in items]


def _relation(box: model.Relation, desk: Desk) -> Run:
    kinds = [(normal_name(each.name), desk.kind(each.type, each.spot), each.spot) for each in box.columns]
    rows: list[list[tuple[str, Run]]] = []
    for row in box.rows:
        pairs = zip(kinds, row, strict=False)
        rows.append(
            [
                (name, desk.fitting(compile_box(cell, desk), kind, spot, name))
                for (name, kind, spot), cell in pairs
            ]
        )
    return lambda scope: [{name: run(scope) for name, run in row} for row in rows]


def _conditional(box: model.Conditional, desk: Desk) -> Run:
    condition, then, otherwise = (
        compile_box(each, desk) for each in (box.condition, box.then, box.otherwise)
    )
    place = desk.place(box.spot)

    def evaluate(scope: Scope) -> Any:
        asked = condition(scope)
        if not isinstance(asked, bool):
            report(scope, no_boolean(asked, place))
        return then(scope) if asked is True else otherwise(scope)

    return evaluate


def _filter(box: model.Filter, desk: Desk) -> Run:
    match = compile_box(box.match, desk.declaring(["item", *desk.members]))
    return compile_filter(compile_box(box.source, desk), match, desk.place(box.spot))


def _iteration(box: model.Iteration, desk: Desk) -> Run:
    name = normal_name(box.variable)
    within = desk.declaring([name, "partial"] if box.loop is model.Loop.FOR else [name])
    source, body = compile_box(box.source, desk), compile_box(box.body, within)
    place = desk.place(box.spot)
    return compile_iteration(box.loop, name, source, body, place, sharing=_speaks_of_partial(box.body))


def _speaks_of_partial(box: Expression | None) -> bool:
    waiting = [box]
    for each in waiting:
        if isinstance(each, model.Literal) and "partial" in each.text.text:
            return True
        if isinstance(each, model.Table):
            return True
        if each is not None:
            waiting.extend(model.parts_of(each))
    return False


def _invocation(box: model.Invocation, desk: Desk) -> Run:
    """A call in FEEL whose arguments are boxes: they are handed in under names that no text can speak of."""
    runs = [compile_box(binding.value, desk) for binding in box.bindings]
    hidden = [f"\x00{number}" for number in range(len(runs))]
    function: nodes.Node | None
    called: Run | None = None
    if isinstance(box.called, model.Literal):
        function = desk.parse(box.called.text)
        if function is None:
            return desk.broken(box.spot)
    else:
        called, function = compile_box(box.called, desk), nodes.Name("\x00f")
    call = nodes.Call(
        function,
        tuple(nodes.Name(name) for name in hidden),
        tuple(normal_name(each.parameter.name) for each in box.bindings) or None,
    )
    run = desk.located(compile_expression(call, types=desk.types), box.spot)

    def evaluate(scope: Scope) -> Any:
        given = {name: each(scope) for name, each in zip(hidden, runs, strict=True)}
        if called is not None:
            given["\x00f"] = called(scope)
        return run_in(run, scope, {**scope.variables, **given})

    return evaluate


def _function(box: model.Function, desk: Desk, own: str = "") -> Run:
    """A function that sees what stands around it, its parameters, and itself under its own name."""
    if box.kind != "FEEL":
        return external(box, desk)
    parameters, body = function_parts(box, desk)

    def evaluate(scope: Scope) -> Any:
        around = dict(scope.variables)
        function = make_function(own or desk.decision, parameters, body, around)
        if own:
            around[own] = function
        return function

    return evaluate


def external(box: model.Function, desk: Desk) -> Run:
    """What stands for a function in another language: null, each time with the reason."""
    words = Words(zh=f"不运行外部函数（{box.kind}）", en=f"external functions ({box.kind}) are not run")
    problem = Problem("function-external", words, desk.place(box.spot))

    def evaluate(scope: Scope) -> Any:
        report(scope, problem)

    return evaluate


def function_parts(box: model.Function, desk: Desk) -> tuple[tuple[FunctionParameter, ...], Run]:
    """Parameters with their types, and the body."""
    parameters = parameters_of(box, desk)
    body = compile_box(box.body, desk.declaring([each.name for each in parameters]))
    return parameters, body


def parameters_of(box: model.Function, desk: Desk) -> tuple[FunctionParameter, ...]:
    """The parameters with their types."""
    return tuple(_parameter(each, desk) for each in box.parameters)


def _parameter(named: Named, desk: Desk) -> FunctionParameter:
    return FunctionParameter(normal_name(named.name), desk.kind(named.type, named.spot))


def make_function(name: str, parameters: tuple[FunctionParameter, ...], body: Run, around: Any) -> Function:
    """A function value over the variables around it."""

    def call(scope: Scope, arguments: Sequence[Any]) -> Any:
        given = {each.name: value for each, value in zip(parameters, arguments, strict=True)}
        return run_in(body, scope, {**around, **given})

    return Function(name, parameters, call, ANY)


_SHAPES: dict[type, Any] = {
    model.Literal: _literal,
    model.Table: _table,
    model.Context: _context,
    model.Listing: _listing,
    model.Relation: _relation,
    model.Conditional: _conditional,
    model.Filter: _filter,
    model.Iteration: _iteration,
    model.Invocation: _invocation,
    model.Function: _function,
}
