"""Functions over numbers and booleans in a list, or as arguments (10.3.4.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import less
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.numbers import CONTEXT
from shuzhi.support.decisions.feel.values.types import BOOLEAN, NUMBER, FeelType

TWO = Decimal(2)


def over_list(name: str, item: str, result: FeelType) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function of `(list)` and of `(c1, …, cN)`."""

    def declare(call: Callable[[Scope, list[Any]], Any]) -> Callable[[Scope, list[Any]], Any]:
        def spread(scope: Scope, *items: Any) -> Any:
            return call(scope, list(items))

        builtin(name, "list: list", result=result)(call)
        builtin(name, f"{item}: any*")(spread)
        return call

    return declare


def _numbers(scope: Scope, values: list[Any]) -> list[Decimal]:
    scope.spend(len(values))
    for value in values:
        if type(value) is not Decimal:
            raise OutOfDomain("every item must be a number", "每一项都须为数字")
    return values


def _first(scope: Scope, values: list[Any], precedes: Callable[[Any, Any], bool | None]) -> Any:
    """The item that no other precedes; all of them must be comparable."""
    scope.spend(len(values))
    best = values[0]
    if less(best, best) is None:
        raise OutOfDomain("the items can't be compared", "各项不可比较")
    for value in values[1:]:
        answer = precedes(value, best)
        if answer is None:
            raise OutOfDomain("the items can't be compared", "各项不可比较")
        best = value if answer else best
    return best


@over_list("min", "c", NUMBER)
def minimum(scope: Scope, values: list[Any]) -> Any:
    """The least item, null of none."""
    return _first(scope, values, less) if values else None


@over_list("max", "c", NUMBER)
def maximum(scope: Scope, values: list[Any]) -> Any:
    """The greatest item, null of none."""
    return _first(scope, values, lambda one, two: less(two, one)) if values else None


@over_list("sum", "n", NUMBER)
def total(scope: Scope, values: list[Any]) -> Decimal | None:
    """The sum, null of none."""
    return reduce(CONTEXT.add, _numbers(scope, values)) if values else None


@over_list("product", "n", NUMBER)
def product(scope: Scope, values: list[Any]) -> Decimal | None:
    """The product, null of none."""
    return reduce(CONTEXT.multiply, _numbers(scope, values)) if values else None


@over_list("mean", "n", NUMBER)
def mean(scope: Scope, values: list[Any]) -> Decimal | None:
    """The arithmetic mean, null of none."""
    if not values:
        return None
    return CONTEXT.divide(reduce(CONTEXT.add, _numbers(scope, values)), Decimal(len(values)))


@over_list("median", "n", NUMBER)
def median(scope: Scope, values: list[Any]) -> Decimal | None:
    """The middle one, or the mean of the two in the middle; null of none."""
    if not values:
        return None
    ordered = sorted(_numbers(scope, values))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), TWO)


@over_list("stddev", "n", NUMBER)
def stddev(scope: Scope, values: list[Any]) -> Decimal | None:
    """The sample standard deviation; null of fewer than two numbers."""
    numbers = _numbers(scope, values)
    if len(numbers) <= 1:
        return None
    middle = CONTEXT.divide(reduce(CONTEXT.add, numbers), Decimal(len(numbers)))
    squares = (CONTEXT.power(CONTEXT.subtract(number, middle), TWO) for number in numbers)
    return CONTEXT.sqrt(CONTEXT.divide(reduce(CONTEXT.add, squares), Decimal(len(numbers) - 1)))


@over_list("mode", "n", NUMBER)
def mode(scope: Scope, values: list[Any]) -> list[Decimal]:
    """The commonest numbers, in ascending order."""
    counts = Counter(_numbers(scope, values))
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


@over_list("all", "b", BOOLEAN)
def every(scope: Scope, values: list[Any]) -> bool | None:
    """False if any item is false, true if all are true, else null."""
    return _decided(scope, values, deciding=False)


@over_list("any", "b", BOOLEAN)
def some(scope: Scope, values: list[Any]) -> bool | None:
    """True if any item is true, false if all are false, else null."""
    return _decided(scope, values, deciding=True)


def _decided(scope: Scope, values: list[Any], *, deciding: bool) -> bool | None:
    scope.spend(len(values))
    if any(value is deciding for value in values):
        return deciding
    if all(type(value) is bool for value in values):
        return not deciding
    if any(value is not None and type(value) is not bool for value in values):
        raise OutOfDomain("every item must be a boolean", "每一项都须为布尔值")
    return None
