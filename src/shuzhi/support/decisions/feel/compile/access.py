"""Names, paths and filters (tables 64 to 68)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import Run, Site, forgive, forgive_absent
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import SECOND, DayDuration, MonthDuration, seconds_of
from shuzhi.support.decisions.feel.values.numbers import whole
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.times import DateTime, Region, Time


def variable(name: str, otherwise: Run) -> Run:
    """The code that reads a variable of the scope; `otherwise` where the scope has none of the name."""

    def run(env: list[Any]) -> Any:
        try:
            return env[1][name]
        except KeyError:
            return otherwise(env)

    return run


def unknown(name: str, site: Site) -> Run:
    """The code for a name that the scope does not have."""

    def run(env: list[Any]) -> None:
        site.wrong(env[0], "feel.unknown_name", f"nothing is called {name}", f"没有名为“{name}”的变量", name)

    return run


def absent(site: Site) -> Run:
    """The code for an input that was declared, but that the scope does not have."""

    def run(env: list[Any]) -> None:
        site.refuse(env[0], None)

    return run


def no_entry(slots: list[int], otherwise: Run) -> Run:
    """The code for a name within a filter that nobody has: null, as any missing entry, if the item is a context."""

    def run(env: list[Any]) -> Any:
        if any(type(env[slot]) is dict for slot in slots):
            return None
        return otherwise(env)

    return run


def local(slot: int) -> Run:
    """The code that reads a local variable."""
    return lambda env: env[slot]


def entry_or(name: str, slot: int, otherwise: Run) -> Run:
    """The code that reads a name within a filter: an entry of the item, else what is outside."""
    is_item = name == "item"

    def run(env: list[Any]) -> Any:
        item = env[slot]
        if type(item) is dict and name in item:
            return item[name]
        return item if is_item else otherwise(env)

    return run


def member(source: Run, name: str, site: Site) -> Run:
    """The code of `source.name`."""

    def run(env: list[Any]) -> Any:
        value = source(env)
        if type(value) is dict:
            return value.get(name)
        return _member(value, name, env, site)

    return run


def _member(value: Any, name: str, env: list[Any], site: Site) -> Any:
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        env[0].spend(len(value))
        return [_member(item, name, env, site) for item in value]
    found = PROPERTIES.get((type(value), name))
    if found is None:
        return site.refuse(env[0], value)
    return found(value)


def _offset(value: Time | DateTime) -> DayDuration | None:
    return None if value.offset is None else DayDuration(value.offset * SECOND)


def _timezone(value: Time | DateTime) -> str | None:
    zone = value.zone if isinstance(value, Time) else value.time.zone
    return zone.name if isinstance(zone, Region) else None


def _days_part(index: int) -> Callable[[DayDuration], Decimal]:
    return lambda value: Decimal(value.sign * value.parts[index])


def _of_months(value: MonthDuration, part: int) -> Decimal:
    sign = -1 if value.months < 0 else 1
    return Decimal(sign * divmod(abs(value.months), 12)[part])


def _nothing(_: Any) -> None:
    return None


def _dates(get: Callable[[Any], Date]) -> dict[str, Callable[[Any], Any]]:
    return {
        "year": lambda value: Decimal(get(value).year),
        "month": lambda value: Decimal(get(value).month),
        "day": lambda value: Decimal(get(value).day),
        "weekday": lambda value: Decimal(get(value).weekday),
    }


def _times(get: Callable[[Any], Time]) -> dict[str, Callable[[Any], Any]]:
    return {
        "hour": lambda value: Decimal(get(value).hour),
        "minute": lambda value: Decimal(get(value).minute),
        "second": lambda value: seconds_of(get(value).second_nanos),
        "time offset": _offset,
        "timezone": _timezone,
    }


_DURATION_NAMES = ("years", "months", "days", "hours", "minutes", "seconds")
_BY_TYPE: dict[type, dict[str, Callable[[Any], Any]]] = {
    Date: _dates(lambda value: value),
    DateTime: {**_dates(lambda value: value.date), **_times(lambda value: value.time)},
    Time: _times(lambda value: value),
    DayDuration: {
        **dict.fromkeys(_DURATION_NAMES, _nothing),
        "days": _days_part(0),
        "hours": _days_part(1),
        "minutes": _days_part(2),
        "seconds": lambda value: value.sign * seconds_of(value.parts[3]),
    },
    MonthDuration: {
        **dict.fromkeys(_DURATION_NAMES, _nothing),
        "years": lambda value: _of_months(value, 0),
        "months": lambda value: _of_months(value, 1),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
PROPERTIES = {(kind, name): get for kind, names in _BY_TYPE.items() for name, get in names.items()}


def indexed(source: Run, index: int, site: Site) -> Run:
    """The code of `source[3]` or `source[-1]`."""

    def run(env: list[Any]) -> Any:
        value = source(env)
        if type(value) is not list:
            return _scalar(value, index, env, site)
        return item_at(value, index, env, site)

    return run


def _scalar(value: Any, index: int, env: list[Any], site: Site) -> Any:
    if value is None:
        return site.refuse(env[0], None)
    return item_at([value], index, env, site)


def item_at(items: list[Any], index: int | None, env: list[Any], site: Site) -> Any:
    """The item at a position, from the end for a negative one; null beyond."""
    if index is None or not index or abs(index) > len(items):
        return site.wrong(env[0], "feel.no_item", f"the list has no item {index}", f"列表没有第 {index} 项")
    return items[index - 1 if index > 0 else index]


def filtered(source: Run, condition: Run, slot: int, site: Site) -> Run:
    """The code of `source[condition]`: an index if the condition is a number, else a test of each item."""

    def run(env: list[Any]) -> Any:
        value = source(env)
        if type(value) is not list:
            if value is None:
                site.refuse(env[0], None)
            value = [value]
        if not value:
            return _filtered_nothing(condition, slot, env)
        return _filtered(value, condition, slot, env, site)

    return run


def _filtered(items: list[Any], condition: Run, slot: int, env: list[Any], site: Site) -> Any:
    scope = env[0]
    scope.spend(len(items))
    outer, kept = env[slot], []
    try:
        for position, item in enumerate(items):
            env[slot] = item
            mark = len(scope.problems)
            answer = condition(env)
            if answer is True:
                kept.append(item)
            elif answer is None:
                forgive_absent(scope, mark)
            elif not position and type(answer) is Decimal:
                return item_at(items, whole(answer), env, site)
    finally:
        env[slot] = outer
    return kept


def _filtered_nothing(condition: Run, slot: int, env: list[Any]) -> Any:
    """An empty list has no item; no item of it passes a test."""
    mark = len(env[0].problems)
    outer, env[slot] = env[slot], None
    try:
        answer = condition(env)
    finally:
        env[slot] = outer
        forgive(env[0], mark)
    return None if type(answer) is Decimal else []
