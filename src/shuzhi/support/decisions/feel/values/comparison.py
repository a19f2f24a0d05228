"""Equality and order (10.3.2.13, tables 53 and 54); three-valued: None where two values can't be compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.functions import Builtin, Function
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.times import DateTime, Region, Time

PLAIN = frozenset((Decimal, str, bool, Date, DayDuration, MonthDuration))
ORDERED = frozenset((Decimal, str, Date, DayDuration, MonthDuration))


def equal(left: Any, right: Any) -> bool | None:  # noqa: PLR0911 - one per kind of table 53
    """`left = right`."""
    kind = type(left)
    if kind is type(right) and kind in PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if kind is not type(right):
        return _unwrapped_equal(left, right)
    if kind is list:
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True))
    if kind is dict:
        return left.keys() == right.keys() and _all_equal((left[key], right[key]) for key in left)
    if kind is Range:
        return _equal_ranges(left, right)
    if kind is Time or kind is DateTime:
        return _equal_times(left, right)
    return left is right if kind in (Function, Builtin) else None


def _unwrapped_equal(left: Any, right: Any) -> bool | None:
    """A list of one stands for its item."""
    if isinstance(left, list) and len(left) == 1:
        return equal(left[0], right)
    if isinstance(right, list) and len(right) == 1:
        return equal(left, right[0])
    return None


def _all_equal(pairs: Any) -> bool | None:
    answers = {equal(left, right) for left, right in pairs}
    if False in answers:
        return False
    return None if None in answers else True


def _equal_ranges(left: Range, right: Range) -> bool | None:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    return _all_equal(((left.start, right.start), (left.end, right.end)))


def _equal_times(left: Any, right: Any) -> bool:
    """The same moment; one with a zone is never equal to one without."""
    if (left.offset is None) != (right.offset is None):
        return False
    return bool(_moment(left) == _moment(right))


def _moment(value: Time | DateTime) -> int:
    return value.of_day if isinstance(value, Time) else value.instant


def less(left: Any, right: Any) -> bool | None:
    """`left < right`."""
    kind = type(left)
    if kind is type(right):
        if kind in ORDERED:
            return bool(left < right)
        if kind is DateTime:
            return _less_datetimes(left, right)
        if kind is Time:
            return _less_times(left, right)
    return None


def _less_datetimes(left: DateTime, right: DateTime) -> bool:
    """One without a zone takes the offset of the other."""
    if left.offset is None or right.offset is None:
        return left.local < right.local
    return left.instant < right.instant


def _less_times(left: Time, right: Time) -> bool:
    if left.offset is None or right.offset is None:
        return left.nanos < right.nanos
    return left.of_day < right.of_day


def at_most(left: Any, right: Any) -> bool | None:
    """`left <= right`: less, or equal."""
    before = less(left, right)
    if before:
        return True
    same = equal(left, right) if before is not None else None
    return True if same else (None if before is None else same)


def contains(range_: Range, value: Any) -> bool | None:
    """Whether the value lies in the range."""
    after = True if range_.start is None else _after(range_.start, value, included=range_.start_included)
    before = True if range_.end is None else _after(value, range_.end, included=range_.end_included)
    if after is False or before is False:
        return False
    return None if after is None or before is None else True


def _after(first: Any, second: Any, *, included: bool) -> bool | None:
    return at_most(first, second) if included else less(first, second)


def same(left: Any, right: Any) -> bool:
    """`is(left, right)`: the same element of the semantic domain (10.3.2.2)."""
    if type(left) is not type(right):
        return False
    if type(left) in (Time, DateTime):
        return _fixed(left) == _fixed(right)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(equal(left, right))


def _fixed(value: Time | DateTime) -> tuple[Any, ...]:
    """Z, +00:00 and @Etc/UTC are one offset; another zone or another clock is another value."""
    time = value if isinstance(value, Time) else value.time
    date = value.date if isinstance(value, DateTime) else None
    zone = time.zone
    if isinstance(zone, Region) and value.offset == 0 and zone.name in ("Etc/UTC", "UTC", "Etc/GMT", "GMT"):
        return (date, time.nanos, 0)
    return (date, time.nanos, zone.name if isinstance(zone, Region) else value.offset)
