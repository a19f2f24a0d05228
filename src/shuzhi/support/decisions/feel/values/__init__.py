"""What FEEL computes with: see the docstring of `feel` for how each kind of value looks in Python."""

from __future__ import annotations

from shuzhi.support.decisions.feel.values.comparison import at_most, contains, equal, less, same
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import Builtin, Function, FunctionParameter, Signature
from shuzhi.support.decisions.feel.values.python import from_python, to_python
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.text import text_of
from shuzhi.support.decisions.feel.values.times import DateTime, Offset, Region, Time
from shuzhi.support.decisions.feel.values.types import coerced

__all__ = [
    "Builtin",
    "Date",
    "DateTime",
    "DayDuration",
    "Function",
    "FunctionParameter",
    "MonthDuration",
    "Offset",
    "Range",
    "Region",
    "Signature",
    "Time",
    "at_most",
    "coerced",
    "contains",
    "equal",
    "from_python",
    "less",
    "same",
    "text_of",
    "to_python",
]
