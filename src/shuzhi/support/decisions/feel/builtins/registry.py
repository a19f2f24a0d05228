"""How built-in functions are declared: by their signatures as the tables of 10.3.4 write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from shuzhi.support.decisions.feel.values.functions import Builtin, FunctionParameter, Signature
from shuzhi.support.decisions.feel.values.types import (
    ANY,
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAY_DURATION,
    FUNCTION,
    LIST,
    MONTH_DURATION,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    FeelType,
    ListOf,
    OneOf,
)

POINT = OneOf((NUMBER, STRING, DATE, TIME, DATE_TIME, DAY_DURATION, MONTH_DURATION))
DAY = OneOf((DATE, DATE_TIME))

TYPES: dict[str, FeelType] = {
    "any": ANY,
    "boolean": BOOLEAN,
    "context": CONTEXT,
    "date": DATE,
    "date and time": DATE_TIME,
    "day": DAY,
    "days": DAY_DURATION,
    "duration": OneOf((DAY_DURATION, MONTH_DURATION)),
    "function": FUNCTION,
    "list": LIST,
    "months": MONTH_DURATION,
    "number": NUMBER,
    "numbers": ListOf(NUMBER),
    "point": POINT,
    "range": RANGE,
    "string": STRING,
    "strings": ListOf(STRING),
    "time": TIME,
    "time or moment": OneOf((TIME, DATE_TIME)),
    "contexts": ListOf(CONTEXT),
}
BUILTINS: dict[str, Builtin] = {}

F = TypeVar("F", bound=Callable[..., Any])


def builtin(name: str, *texts: str, result: FeelType = ANY) -> Callable[[F], F]:
    """Declare one or more signatures of a built-in function; earlier ones are tried first."""

    def declare(call: F) -> F:
        earlier = BUILTINS[name].signatures if name in BUILTINS else ()
        made = tuple(signature(text, call) for text in texts)
        BUILTINS[name] = Builtin(name, (*earlier, *made), result)
        return call

    return declare


def signature(text: str, call: Callable[..., Any]) -> Signature:
    """Read `list: list, position: number, item: any?`.

    `?` marks an optional parameter, `*` one that takes all the rest, `!` one that must be given but may be null.
    """
    parameters: list[FunctionParameter] = []
    required = 0
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, kind = part.partition(": ")
        word = kind.rstrip("?*!")
        parameters.append(FunctionParameter(name, TYPES[word], nullable=kind[-1] in "?!" or word == "any"))
        required += not kind.endswith("?")
    return Signature(tuple(parameters), required, call, variadic=text.endswith("*"))
