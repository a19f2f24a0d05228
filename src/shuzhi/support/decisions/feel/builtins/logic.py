"""Booleans (10.3.4.2)."""

from __future__ import annotations

from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import same
from shuzhi.support.decisions.feel.values.types import BOOLEAN


@builtin("not", "negand: boolean", result=BOOLEAN)
def negate(_: Scope, negand: bool) -> bool:  # noqa: FBT001 - positional, as FEEL calls it
    """Logical negation."""
    return not negand


@builtin("is", "value1: any, value2: any", result=BOOLEAN)
def is_(_: Scope, one: Any, two: Any) -> bool:
    """Whether both are the same element of the semantic domain."""
    return same(one, two)
