"""Sorting by an ordering function (10.3.4.9)."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from shuzhi.support.decisions.feel.builtins.lists import called
from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import less
from shuzhi.support.decisions.feel.values.functions import OutOfDomain


@builtin("sort", "list: list, precedes: function")
def sort(scope: Scope, values: list[Any], precedes: Any) -> list[Any]:
    """In the order in which `precedes(x, y)` is true; equal items stay as they stood."""

    def order(one: Any, two: Any) -> int:
        if _before(scope, precedes, one, two):
            return -1
        return 1 if _before(scope, precedes, two, one) else 0

    return sorted(values, key=cmp_to_key(order))


def _before(scope: Scope, precedes: Any, one: Any, two: Any) -> bool:
    answer = called(scope, precedes, one, two)
    if type(answer) is not bool:
        raise OutOfDomain("the ordering function must give true or false", "排序函数须返回布尔值")
    return answer


@builtin("sort", "list: list")
def sort_ascending(scope: Scope, values: list[Any]) -> list[Any]:
    """In ascending order; all items must be comparable."""
    scope.spend(len(values) * len(values).bit_length())

    def order(one: Any, two: Any) -> int:
        before, after = less(one, two), less(two, one)
        if before is None:
            raise OutOfDomain("the items can't be compared", "各项不可比较")
        return int(bool(after)) - int(before)

    return sorted(values, key=cmp_to_key(order))
