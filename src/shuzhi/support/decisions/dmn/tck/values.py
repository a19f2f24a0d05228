"""Values of the kit (取值与比较): from the cases' texts to FEEL values, and what counts as equal.

Numbers are equal within one part in 10^8 (the kit's expectations are rounded here and there), durations of zero
whatever their kind, contexts by their entries (an entry that is null may be absent), lists in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from shuzhi.support.decisions.dmn.tck.cases import Record, Scalar, Sequence, Written
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values import DayDuration, MonthDuration, equal, from_python, text_of
from shuzhi.support.decisions.feel.values.literals import date_from, datetime_from, duration_from, time_from

TOLERANCE = Decimal("1e-8")


def _number(text: str) -> Any:
    try:
        return from_python(Decimal(text))
    except DecimalException:
        return None


_READERS: dict[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "1": True, "false": False, "0": False}.get,
    "date": date_from,
    "time": time_from,
    "dateTime": datetime_from,
    "duration": duration_from,
    "dayTimeDuration": duration_from,
    "yearMonthDuration": duration_from,
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long", "short", "number"), _number),
}


def value_of(written: Written) -> Any:
    """The FEEL value of what a case writes; a value without a type is a text."""
    match written:
        case Scalar(type=kind, text=text):
            return _READERS[kind](text.strip()) if kind in _READERS else text
        case Sequence(items=items):
            return [value_of(each) for each in items]
        case Record(entries=entries):
            return {normal_name(name): value_of(each) for name, each in entries}
    return None


def agrees(expected: Written, actual: Any) -> bool:
    """Whether a result is what a case expects."""
    match expected:
        case None:
            return actual is None
        case Scalar():
            return _scalar_agrees(expected, actual)
        case Sequence(items=items):
            return isinstance(actual, list) and len(actual) == len(items) and all(map(agrees, items, actual))
        case Record(entries=entries):
            return isinstance(actual, dict) and _record_agrees(
                {normal_name(name): each for name, each in entries}, actual
            )


def _record_agrees(expected: dict[str, Written], actual: dict[str, Any]) -> bool:
    return all(agrees(expected.get(name), actual.get(name)) for name in {*expected, *actual})


def _scalar_agrees(expected: Scalar, actual: Any) -> bool:
    if not expected.type and not isinstance(actual, str):
        return actual is not None and text_of(actual) == expected.text.strip()
    wanted = value_of(expected)
    if isinstance(wanted, Decimal) and isinstance(actual, Decimal):
        return abs(wanted - actual) <= TOLERANCE * max(abs(wanted), abs(actual))
    durations = (DayDuration, MonthDuration)
    if isinstance(wanted, durations) and isinstance(actual, durations) and type(wanted) is not type(actual):
        return {text_of(wanted), text_of(actual)} == {"PT0S", "P0M"}
    if isinstance(actual, (list, dict)):
        return False
    return type(wanted) is type(actual) and equal(wanted, actual) is True
