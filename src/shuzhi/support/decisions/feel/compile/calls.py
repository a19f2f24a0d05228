"""Calling functions, and making them (10.3.2.13, table 63)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import SCOPE, Run, Site
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.functions import (
    Builtin,
    Function,
    FunctionParameter,
    OutOfDomain,
    Signature,
)
from shuzhi.support.decisions.feel.values.types import MISFIT, FeelType, coerced, kind_of


def call(function: Run, arguments: list[Run], names: tuple[str, ...] | None, site: Site) -> Run:
    """The code of `function(arguments)`."""

    def run(env: list[Any]) -> Any:
        values = [argument(env) for argument in arguments]
        return invoke(function(env), values, names, env[0], site)

    return run


def builtin_call(builtin: Builtin, arguments: list[Run], site: Site) -> Run:
    """The code of a call by position of a built-in function, unless the scope has a function of its name."""
    name = builtin.name

    def run(env: list[Any]) -> Any:
        values = [argument(env) for argument in arguments]
        own = env[1].get(name)
        if own is not None and is_function(own):
            return invoke(own, values, None, env[0], site)
        return call_builtin(builtin, values, None, env[0], site)

    return run


def invoke(
    function: Any, values: Sequence[Any], names: tuple[str, ...] | None, scope: Scope, site: Site
) -> Any:
    """Call whatever function this is; null, with the reason, where it can't be called so."""
    if type(function) is Builtin:
        return call_builtin(function, values, names, scope, site)
    if type(function) is Function:
        return _call_function(function, values, names, scope, site)
    if function is None and scope.problems:
        return None  # An unknown name has been reported as such.
    en, zh = kind_of(function)
    return site.wrong(scope, "feel.no_function", f"{en} can't be called", f"{zh}不能被调用")


def is_function(value: Any) -> bool:
    """Whether a value can be called."""
    return type(value) is Builtin or type(value) is Function


def _call_function(
    function: Function, values: Sequence[Any], names: tuple[str, ...] | None, scope: Scope, site: Site
) -> Any:
    arguments = _placed([each.name for each in function.parameters], values, names)
    if arguments is None:
        return _no_signature(function.name, scope, site)
    for place, (value, parameter) in enumerate(zip(arguments, function.parameters, strict=True)):
        arguments[place] = coerced(value, parameter.type)
        if arguments[place] is MISFIT:  # the function sees null instead (10.3.2.9.4, “conforms to”)
            _refused(parameter, value, scope, site)
            arguments[place] = None
    scope.enter()
    try:
        result = function.call(scope, arguments)
    except RecursionError:
        raise LimitExceeded(limit=scope.depth, what="nested calls", what_zh="函数嵌套层数") from None
    finally:
        scope.depth -= 1
    return _as_declared(result, function.result, scope, site)


def _as_declared(result: Any, type_: FeelType, scope: Scope, site: Site) -> Any:
    value = coerced(result, type_)
    if value is MISFIT:
        en, zh = kind_of(result)
        return site.wrong(
            scope, "feel.result_type", f"the function gave {en}", f"函数结果为{zh}，与声明的类型不符"
        )
    return value


def _placed(parameters: list[str], values: Sequence[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    """The arguments in the order of the parameters; None where they don't fit."""
    if names is None:
        return list(values) if len(values) == len(parameters) else None
    if len(set(names)) != len(names) or not set(names) <= set(parameters):
        return None
    given = dict(zip(names, values, strict=True))
    return [given.get(name) for name in parameters]


def _no_signature(name: str, scope: Scope, site: Site) -> None:
    en = f"{name or 'the function'} does not take these arguments"
    site.wrong(scope, "feel.arguments", en, f"{name or '该函数'}不接受这些参数")


def _refused(parameter: FunctionParameter, value: Any, scope: Scope, site: Site) -> None:
    en, zh = kind_of(value)
    site.wrong(
        scope, "feel.argument_type", f"{parameter.name} can't be {en}", f"参数“{parameter.name}”不能是{zh}"
    )


def call_builtin(
    function: Builtin, values: Sequence[Any], names: tuple[str, ...] | None, scope: Scope, site: Site
) -> Any:
    """Call the first signature whose domain the arguments are in."""
    if scope.steps >= scope.limits.steps:
        scope.spend(1)
    scope.steps += 1
    for signature in function.signatures if names is None else _likeliest_first(function, names):
        arguments = fitted(signature, values, names)
        if arguments is not None:
            try:
                return scope.sized(signature.call(scope, *arguments))
            except OutOfDomain as reason:
                return _outside(function, reason, values, scope, site)
            except ArithmeticError:
                return site.wrong(
                    scope,
                    "feel.undefined",
                    f"{function.name} has no result here",
                    f"{function.name} 在此没有结果",
                )
    return _nothing_fits(function, values, names, scope, site)


def _likeliest_first(function: Builtin, names: tuple[str, ...]) -> list[Signature]:
    """`before(range: r, point: p)` is the signature that begins with the range, though both have these names."""

    def differs(signature: Signature) -> bool:
        return tuple(each.name for each in signature.parameters) != names

    return sorted(function.signatures, key=differs)


def _outside(function: Builtin, reason: OutOfDomain, values: Sequence[Any], scope: Scope, site: Site) -> None:
    """An argument of the right type, but none that the function is defined for."""
    origin = next((each for each, _ in zip(site.origins, values, strict=False) if each), None)
    site.wrong_input(scope, origin, f"{function.name}: {reason.en}", f"{function.name}：{reason.zh}")


def _nothing_fits(
    function: Builtin, values: Sequence[Any], names: tuple[str, ...] | None, scope: Scope, site: Site
) -> None:
    if any(_place(signature, len(values), names) is not None for signature in function.signatures):
        site.refuse(scope, *values)
    else:
        _no_signature(function.name, scope, site)


def fitted(signature: Signature, values: Sequence[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    """The arguments as a signature takes them, or None where they are outside its domain."""
    if names is None:
        return _in_order(signature, values)
    places = _place(signature, len(values), names)
    if places is None:
        return None
    arguments: list[Any] = [None] * (max(places) + 1 if places else 0)
    last = len(signature.parameters) - 1
    for value, place in zip(values, places, strict=True):
        parameter = signature.parameters[min(place, last)]
        argument = coerced(value, parameter.type)
        if argument is MISFIT:
            return None
        arguments[place] = argument
    return arguments if _no_gap(signature, arguments) else None


def _in_order(signature: Signature, values: Sequence[Any]) -> list[Any] | None:
    """The same for arguments by position, quickly."""
    parameters = signature.parameters
    count = len(values)
    if count < signature.required or (count > len(parameters) and not signature.variadic):
        return None
    arguments = []
    for place, value in enumerate(values):
        parameter = parameters[place] if place < len(parameters) else parameters[-1]
        if value is None:
            if not parameter.nullable:
                return None
        elif not parameter.type.accepts(value):
            value = coerced(value, parameter.type)  # noqa: PLW2901 - the argument as the parameter asks for it
            if value is MISFIT or value is None:
                return None
        arguments.append(value)
    return arguments


def _no_gap(signature: Signature, arguments: list[Any]) -> bool:
    """Whether null stands only where it may."""
    last = len(signature.parameters) - 1
    if len(arguments) < signature.required:
        arguments.extend([None] * (signature.required - len(arguments)))
    return all(
        value is not None or signature.parameters[min(place, last)].nullable
        for place, value in enumerate(arguments)
    )


def _place(signature: Signature, count: int, names: tuple[str, ...] | None) -> list[int] | None:
    """Which parameter each argument is for, or None where number or names don't fit."""
    parameters = signature.parameters
    if names is None:
        most = len(parameters) if not signature.variadic else count
        return list(range(count)) if signature.required <= count <= most else None
    known = [parameter.name for parameter in parameters]
    if len(set(names)) != len(names) or not set(names) <= set(known):
        return None
    return [known.index(name) for name in names]


def made(
    parameters: tuple[FunctionParameter, ...], slots: list[int], body: Run, own: int | None, name: str
) -> Run:
    """The code of `function(…) body`: a closure over the variables of its place.

    `own` is the slot of the context entry that the function is the value of: there it may call itself.
    """

    def run(env: list[Any]) -> Function:
        captured = env.copy()

        def apply(scope: Scope, arguments: Sequence[Any]) -> Any:
            frame = captured.copy()
            frame[SCOPE] = scope
            for slot, argument in zip(slots, arguments, strict=True):
                frame[slot] = argument
            return body(frame)

        function = Function(name, parameters, apply)
        if own is not None:
            captured[own] = function
        return function

    return run
