"""Relations between points and ranges (10.3.4.7, table 78)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.comparison import equal, less
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.types import BOOLEAN

Relation = Callable[[Any, Any], bool]


def _lt(one: Any, two: Any) -> bool:
    answer = less(one, two)
    if answer is None:
        raise OutOfDomain("the values can't be compared", "两值不可比较")
    return answer


def _eq(one: Any, two: Any) -> bool:
    answer = equal(one, two)
    if answer is None:
        raise OutOfDomain("the values can't be compared", "两值不可比较")
    return answer


def _relation(name: str, first: str, second: str) -> Callable[[Relation], Relation]:
    """Declare one row of the table: the names of its parameters tell points from ranges."""

    def declare(relation: Relation) -> Relation:
        def call(_: Scope, one: Any, two: Any) -> bool:
            return relation(one, two)

        kinds = ("range" if each.startswith("range") else "point" for each in (first, second))
        text = ", ".join(f"{each}: {kind}" for each, kind in zip((first, second), kinds, strict=True))
        builtin(name, text, result=BOOLEAN)(call)
        return relation

    return declare


# A range's missing end is beyond everything.


def _starts_before(one: Range, two: Range) -> bool:
    """The first range reaches further down."""
    if two.start is None:
        return False
    if one.start is None or _lt(one.start, two.start):
        return True
    return _eq(one.start, two.start) and one.start_included and not two.start_included


def _ends_after(one: Range, two: Range) -> bool:
    """The first range reaches further up."""
    if two.end is None:
        return False
    if one.end is None or _lt(two.end, one.end):
        return True
    return _eq(one.end, two.end) and one.end_included and not two.end_included


def _below(one: Range, two: Range) -> bool:
    """The first range ends before the second one starts."""
    if one.end is None or two.start is None:
        return False
    if _lt(one.end, two.start):
        return True
    return _eq(one.end, two.start) and not (one.end_included and two.start_included)


def _point_below(point: Any, range_: Range) -> bool:
    if range_.start is None:
        return False
    return _lt(point, range_.start) or (_eq(point, range_.start) and not range_.start_included)


def _point_above(point: Any, range_: Range) -> bool:
    if range_.end is None:
        return False
    return _lt(range_.end, point) or (_eq(point, range_.end) and not range_.end_included)


def _same_start(one: Range, two: Range) -> bool:
    return one.start_included == two.start_included and _ends_equal(one.start, two.start)


def _same_end(one: Range, two: Range) -> bool:
    return one.end_included == two.end_included and _ends_equal(one.end, two.end)


def _ends_equal(one: Any, two: Any) -> bool:
    return one is two if one is None or two is None else _eq(one, two)


@_relation("before", "point1", "point2")
def before(one: Any, two: Any) -> bool:
    """Less."""
    return _lt(one, two)


@_relation("before", "point", "range")
def point_before(point: Any, range_: Range) -> bool:
    """Below the whole range."""
    return _point_below(point, range_)


@_relation("before", "range", "point")
def range_before(range_: Range, point: Any) -> bool:
    """The whole range below."""
    return _point_above(point, range_)


@_relation("before", "range1", "range2")
def ranges_before(one: Range, two: Range) -> bool:
    """One range below the other, with nothing in common."""
    return _below(one, two)


@_relation("after", "point1", "point2")
def after(one: Any, two: Any) -> bool:
    """Greater."""
    return _lt(two, one)


@_relation("after", "point", "range")
def point_after(point: Any, range_: Range) -> bool:
    """Above the whole range."""
    return _point_above(point, range_)


@_relation("after", "range", "point")
def range_after(range_: Range, point: Any) -> bool:
    """The whole range above."""
    return _point_below(point, range_)


@_relation("after", "range1", "range2")
def ranges_after(one: Range, two: Range) -> bool:
    """One range above the other, with nothing in common."""
    return _below(two, one)


@_relation("meets", "range1", "range2")
def meets(one: Range, two: Range) -> bool:
    """The end of one is the start of the other, and both have it."""
    if one.end is None or two.start is None:
        return False
    return one.end_included and two.start_included and _eq(one.end, two.start)


@_relation("met by", "range1", "range2")
def met_by(one: Range, two: Range) -> bool:
    """The other meets the one."""
    return meets(two, one)


@_relation("overlaps", "range1", "range2")
def overlaps(one: Range, two: Range) -> bool:
    """They have something in common."""
    return not _below(one, two) and not _below(two, one)


@_relation("overlaps before", "range1", "range2")
def overlaps_before(one: Range, two: Range) -> bool:
    """The first starts earlier, ends within the second, and they have something in common."""
    return _starts_before(one, two) and overlaps(one, two) and not _ends_after(one, two)


@_relation("overlaps after", "range1", "range2")
def overlaps_after(one: Range, two: Range) -> bool:
    """The other overlaps before the one."""
    return _starts_before(two, one) and overlaps(one, two) and not _ends_after(two, one)


@_relation("finishes", "point", "range")
def point_finishes(point: Any, range_: Range) -> bool:
    """The end of the range, which has it."""
    return range_.end is not None and range_.end_included and _eq(range_.end, point)


@_relation("finishes", "range1", "range2")
def finishes(one: Range, two: Range) -> bool:
    """The same end, and no earlier start."""
    return _same_end(one, two) and not _starts_before(one, two)


@_relation("finished by", "range", "point")
def finished_by_point(range_: Range, point: Any) -> bool:
    """The point finishes the range."""
    return point_finishes(point, range_)


@_relation("finished by", "range1", "range2")
def finished_by(one: Range, two: Range) -> bool:
    """The other finishes the one."""
    return finishes(two, one)


@_relation("includes", "range", "point")
def includes_point(range_: Range, point: Any) -> bool:
    """The point lies in the range."""
    return not _point_below(point, range_) and not _point_above(point, range_)


@_relation("includes", "range1", "range2")
def includes(one: Range, two: Range) -> bool:
    """The other lies within the one."""
    return not _starts_before(two, one) and not _ends_after(two, one)


@_relation("during", "point", "range")
def point_during(point: Any, range_: Range) -> bool:
    """The range includes the point."""
    return includes_point(range_, point)


@_relation("during", "range1", "range2")
def during(one: Range, two: Range) -> bool:
    """The other includes the one."""
    return includes(two, one)


@_relation("starts", "point", "range")
def point_starts(point: Any, range_: Range) -> bool:
    """The start of the range, which has it."""
    return range_.start is not None and range_.start_included and _eq(range_.start, point)


@_relation("starts", "range1", "range2")
def starts(one: Range, two: Range) -> bool:
    """The same start, and no later end."""
    return _same_start(one, two) and not _ends_after(one, two)


@_relation("started by", "range", "point")
def started_by_point(range_: Range, point: Any) -> bool:
    """The point starts the range."""
    return point_starts(point, range_)


@_relation("started by", "range1", "range2")
def started_by(one: Range, two: Range) -> bool:
    """The other starts the one."""
    return starts(two, one)


@_relation("coincides", "point1", "point2")
def points_coincide(one: Any, two: Any) -> bool:
    """Equal."""
    return _eq(one, two)


@_relation("coincides", "range1", "range2")
def coincides(one: Range, two: Range) -> bool:
    """The same start and the same end."""
    return _same_start(one, two) and _same_end(one, two)
