"""From Python's values to FEEL's and back, at the door of the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DAY, SECOND, DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import FUNCTIONS
from shuzhi.support.decisions.feel.values.numbers import number_of
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.text import text_of
from shuzhi.support.decisions.feel.values.times import DateTime, Offset, Region, Time, Zone

OWN = (str, bool, Date, Time, DateTime, DayDuration, MonthDuration, Range, *FUNCTIONS)


def from_python(value: Any) -> Any:
    """The FEEL value of a Python value; a float is the number that Python prints.

    Raises:
        TypeError: FEEL knows nothing of the kind.
        decimal.DecimalException: the number has no place in decimal128 (nan, infinity).
    """
    if value is None or isinstance(value, OWN):
        return value
    if isinstance(value, (int, Decimal)):
        return number_of(value)
    if isinstance(value, float):
        return number_of(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return {str(key): from_python(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [from_python(item) for item in value]
    return _temporal(value)


def _temporal(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value.time(), _zone(value)))
    if isinstance(value, dt.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return _time(value, _zone(value))
    if isinstance(value, dt.timedelta):
        return DayDuration(value.days * DAY + value.seconds * SECOND + value.microseconds * 1000)
    raise TypeError(type(value).__name__)


def _time(value: dt.time, zone: Zone) -> Time:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return Time(seconds * SECOND + value.microsecond * 1000, zone)


def _zone(value: dt.datetime | dt.time) -> Zone:
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key:
        return Region(value.tzinfo.key)
    offset = value.utcoffset()
    return None if offset is None else Offset(int(offset.total_seconds()))


def to_python(value: Any) -> Any:
    """A value as JSON has it, but for numbers, which stay decimal; everything temporal becomes its text."""
    if value is None or isinstance(value, (bool, Decimal, str)):
        return value
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    return text_of(value)
