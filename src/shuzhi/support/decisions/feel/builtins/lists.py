"""Lists (10.3.4.4)."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import equal
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import Function, OutOfDomain
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.types import BOOLEAN, MISFIT, NUMBER, coerced

# Values that Python's own equality compares as FEEL does, so that they can be looked up.
HASHED = frozenset((Decimal, str, bool, Date, DayDuration, MonthDuration, type(None)))


def place(position: Decimal, length: int) -> int:
    """The index, from 0, of a position from 1 or from the end."""
    index = whole(position)
    if index is None or not index or abs(index) > length:
        raise OutOfDomain(f"there is no position {position}", f"没有第 {position} 个位置")
    return index - 1 if index > 0 else length + index


@builtin("list contains", "list: list, element: any", result=BOOLEAN)
def list_contains(scope: Scope, values: list[Any], element: Any) -> bool:
    """Whether an item equals the element."""
    scope.spend(len(values))
    return any(equal(value, element) for value in values)


@builtin("count", "list: list", result=NUMBER)
def count(_: Scope, values: list[Any]) -> Decimal:
    """How many items."""
    return Decimal(len(values))


@builtin("sublist", "list: list, start position: number, length: number?")
def sublist(_: Scope, values: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    """So many items from a position on."""
    first = place(start, len(values))
    if length is None:
        return values[first:]
    size = whole(length)
    if size is None or not 1 <= size <= len(values) - first:
        raise OutOfDomain("the length goes beyond the list", "长度超出列表")
    return values[first : first + size]


@builtin("append", "list: list, item: any*")
def append(_: Scope, values: list[Any], *items: Any) -> list[Any]:
    """With the items at the end."""
    return [*values, *items]


@builtin("concatenate", "list: list*")
def concatenate(scope: Scope, *lists: list[Any]) -> list[Any]:
    """One list after the other."""
    scope.spend(sum(map(len, lists)))
    return [value for values in lists for value in values]


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(_: Scope, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    """With the item before the one at the position."""
    index = place(position, len(values))
    return [*values[:index], item, *values[index:]]


@builtin("remove", "list: list, position: number")
def remove(_: Scope, values: list[Any], position: Decimal) -> list[Any]:
    """Without the item at the position."""
    index = place(position, len(values))
    return [*values[:index], *values[index + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any")
def list_replace(_: Scope, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    """With the item instead of the one at the position."""
    index = place(position, len(values))
    return [*values[:index], item, *values[index + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def list_replace_matching(scope: Scope, values: list[Any], match: Any, item: Any) -> list[Any]:
    """With the new item instead of each one for which `match(item, newItem)` is true."""
    scope.spend(len(values))
    return [item if _matches(scope, match, value, item) else value for value in values]


def _matches(scope: Scope, match: Any, value: Any, item: Any) -> bool:
    answer = called(scope, match, value, item)
    if type(answer) is not bool:
        raise OutOfDomain("the match function must give true or false", "匹配函数须返回布尔值")
    return answer


def called(scope: Scope, function: Any, *arguments: Any) -> Any:
    """What a function written in FEEL gives for these arguments."""
    if not isinstance(function, Function) or len(function.parameters) != len(arguments):
        raise OutOfDomain(f"a function of {len(arguments)} is needed", f"需要 {len(arguments)} 个参数的函数")
    pairs = zip(arguments, function.parameters, strict=True)
    values = [coerced(value, parameter.type) for value, parameter in pairs]
    if any(value is MISFIT for value in values):
        raise OutOfDomain("the function does not take the items", "该函数不接受列表中的项")
    scope.enter()
    try:
        return function.call(scope, values)
    finally:
        scope.depth -= 1


@builtin("reverse", "list: list")
def reverse(scope: Scope, values: list[Any]) -> list[Any]:
    """The last item first."""
    scope.spend(len(values))
    return values[::-1]


@builtin("index of", "list: list, match: any")
def index_of(scope: Scope, values: list[Any], match: Any) -> list[Decimal]:
    """The positions of the items that equal it."""
    scope.spend(len(values))
    return [Decimal(index) for index, value in enumerate(values, 1) if equal(value, match)]


@builtin("union", "list: list*")
def union(scope: Scope, *lists: list[Any]) -> list[Any]:
    """One list after the other, each item once."""
    return distinct_values(scope, concatenate(scope, *lists))


@builtin("distinct values", "list: list")
def distinct_values(scope: Scope, values: list[Any]) -> list[Any]:
    """Each item once, where it stood first."""
    seen: set[Hashable] = set()
    kept: list[Any] = []
    others: list[Any] = []
    for value in values:
        scope.spend(1)
        if type(value) in HASHED:
            key = (type(value), value)
            if key not in seen:
                seen.add(key)
                kept.append(value)
            continue
        scope.spend(len(others))
        if not any(equal(value, other) for other in others):
            others.append(value)
            kept.append(value)
    return kept


@builtin("flatten", "list: list")
def flatten(scope: Scope, values: list[Any]) -> list[Any]:
    """The items of lists within lists."""
    flat: list[Any] = []
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            scope.spend(1)
            if isinstance(value, list):
                waiting.append(iter(value))
                break
            flat.append(value)
        else:
            waiting.pop()
        if len(waiting) > scope.limits.items:
            raise LimitExceeded(limit=scope.limits.items, what="lists in lists", what_zh="列表嵌套层数")
    return flat
