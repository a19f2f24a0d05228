"""The built-in functions of 10.3.4, by name."""

from __future__ import annotations

from shuzhi.support.decisions.feel.builtins import (
    contexts,
    conversion,
    lists,
    logic,
    numbers,
    ranges,
    sorting,
    statistics,
    strings,
    temporal,
)
from shuzhi.support.decisions.feel.builtins.registry import BUILTINS

__all__ = [
    "BUILTINS",
    "contexts",
    "conversion",
    "lists",
    "logic",
    "numbers",
    "ranges",
    "sorting",
    "statistics",
    "strings",
    "temporal",
]
