"""Values as text: `string(…)`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.numbers import plain
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.times import DateTime, Time

TEMPORAL = (Date, Time, DateTime, DayDuration, MonthDuration)


def text_of(value: Any) -> str:
    """The text of a value by itself: a string is itself."""
    return value if isinstance(value, str) else _within(value)


def _within(value: Any) -> str:
    """The text of a value within another: a string has its quotation marks."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, TEMPORAL):
        return str(value)
    return _structured(value)


def _structured(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_within, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_within(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return _range(value)
    return f"function {value.name}".strip()


def _range(value: Range) -> str:
    if value.start is None or value.end is None:
        lower = value.end is None
        included = value.start_included if lower else value.end_included
        sign = (">" if lower else "<") + ("=" if included else "")
        return f"{sign} {_within(value.start if lower else value.end)}"
    opening = "[" if value.start_included else "("
    closing = "]" if value.end_included else ")"
    return f"{opening}{_within(value.start)}..{_within(value.end)}{closing}"


def _key(key: str) -> str:
    return key if key.replace(" ", "_").isidentifier() else quoted(key)


def quoted(text: str) -> str:
    """A string literal."""
    plain_text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain_text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
