"""Lists, contexts and ranges as they are written (table 69)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import Run, Site
from shuzhi.support.decisions.feel.values.comparison import at_most
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.times import DateTime, Time

ENDPOINTS = frozenset((Decimal, str, Date, Time, DateTime, DayDuration, MonthDuration))


def always(value: Any) -> Run:
    """The code of a value that is known."""
    return lambda _env: value


def list_of(items: list[Run]) -> Run:
    """The code of `[a, b]`."""
    return lambda env: [item(env) for item in items]


def context_of(entries: list[tuple[str, int, Run]]) -> Run:
    """The code of `{a: 1, b: a + 1}`: each entry is a local variable of the later ones."""

    def run(env: list[Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, slot, value in entries:
            made[key] = env[slot] = value(env)
        return made

    return run


def range_of(start: Run, end: Run, included: tuple[bool, bool], site: Site) -> Run:
    """The code of `[start..end]`; its ends must be of one type and in order (10.3.2.7)."""

    def run(env: list[Any]) -> Range | None:
        return make_range(start(env), end(env), included, env, site)

    return run


def make_range(start: Any, end: Any, included: tuple[bool, bool], env: list[Any], site: Site) -> Range | None:
    """The range, or null with the reason."""
    if type(start) not in ENDPOINTS or type(start) is not type(end):
        return site.refuse(env[0], start, end)  # type: ignore[func-returns-value]
    if not at_most(start, end):
        site.wrong(env[0], "feel.range_order", "the range ends before it starts", "区间的终点在起点之前")
        return None
    return Range(start, end, *included)


def bound_of(sign: str, endpoint: Run, site: Site) -> Run:
    """The code of `(> endpoint)` as a value: a range with one end (table 42)."""

    def run(env: list[Any]) -> Range | None:
        value = endpoint(env)
        if type(value) not in ENDPOINTS or sign == "!=":
            return site.refuse(env[0], value)  # type: ignore[func-returns-value]
        if sign == "=":
            return Range(value, value, start_included=True, end_included=True)
        included = sign.endswith("=")
        if sign.startswith(">"):
            return Range(value, None, included, end_included=False)
        return Range(None, value, start_included=False, end_included=included)

    return run
