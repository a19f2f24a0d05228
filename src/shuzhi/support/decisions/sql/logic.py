"""Three-valued logic in SQL: booleans that may be null, as SQL has them, and FEEL's equality, where null is a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import ibis

from shuzhi.support.decisions.feel.compile.comparisons import compared as compared_values
from shuzhi.support.decisions.sql.literals import FALSE, TRUE, UNKNOWN, aligned, scalar
from shuzhi.support.decisions.sql.shapes import (
    BOOLEAN,
    MOMENTS,
    UTC,
    Gathered,
    Interval,
    Known,
    Listing,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    is_null,
    lift,
)

ORDERED = frozenset(("number", "string", "date", "time", "moment", "moment of UTC", "days", "months"))


def truth(shape: Shape) -> Sql:
    """A shape as a boolean of SQL; null where it is none."""
    if isinstance(shape, Known):
        return TRUE if shape.value is True else FALSE if shape.value is False else UNKNOWN
    if isinstance(shape, Scalar) and shape.kind == BOOLEAN:
        return shape.sql
    return UNKNOWN


def boolean(sql: Sql) -> Shape:
    """A boolean of SQL as a shape; constants as such."""
    for constant, value in ((TRUE, True), (FALSE, False), (UNKNOWN, None)):
        if sql is constant:
            return Known(value)
    return Scalar(BOOLEAN, sql)


def both(parts: Sequence[Sql]) -> Sql:
    """Kleene's and."""
    if any(each is FALSE for each in parts):
        return FALSE
    rest = [each for each in parts if each is not TRUE]
    return reduce(lambda one, two: lift(lambda a, b: a & b, one, two), rest) if rest else TRUE


def either(parts: Sequence[Sql]) -> Sql:
    """Kleene's or."""
    if any(each is TRUE for each in parts):
        return TRUE
    rest = [each for each in parts if each is not FALSE]
    return reduce(lambda one, two: lift(lambda a, b: a | b, one, two), rest) if rest else FALSE


def negated(sql: Sql) -> Sql:
    """Kleene's not."""
    for one, other in ((TRUE, FALSE), (FALSE, TRUE), (UNKNOWN, UNKNOWN)):
        if sql is one:
            return other
    # Written as a call: DuckDB reads `NOT (x) IS NULL` as `NOT (x IS NULL)`, and Ibis sets no brackets there.
    return lift(lambda made: ibis.coalesce(~made), sql)


def certainly(sql: Sql) -> Sql:
    """True only where it is true; never null."""
    if sql is TRUE or sql is FALSE:
        return sql
    return FALSE if sql is UNKNOWN else lift(lambda made: ibis.coalesce(made, False), sql)


def null(shape: Shape) -> Sql:
    """Whether it is null."""
    match shape:
        case Known(value=value):
            return TRUE if value is None else FALSE
        case Scalar(sql=sql, present=present):
            return FALSE if present else lift(lambda made: made.isnull(), sql)
        case Record(absent=absent):
            return absent or FALSE
        case Gathered(items=items, null_if_empty=True):
            return negated(either([there for there, _ in items]))
        case Listing() | Interval() | Gathered():
            return FALSE
    raise Refused("a function can't be compared", "函数不能比较")


def when(condition: Sql, then: Sql, otherwise: Sql) -> Sql:
    """A choice between booleans."""
    return lift(ibis.ifelse, condition, then, otherwise)


def equal(left: Shape, right: Shape) -> Sql:
    """`left = right`: null equals null and nothing else; values of two kinds have no answer."""
    if isinstance(left, Known) and isinstance(right, Known):
        return truth(Known(compared_values("=", left.value, right.value)))
    if is_null(left) or is_null(right):
        return null(right if is_null(left) else left)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Listing | Record | Interval | Gathered):
            return _structured(one, other)
    a, b = scalar(left), scalar(right)
    if a.kind != b.kind:
        return _of_two_kinds(a, b, left, right)
    return _same_kind(a, b, left, right)


def _same_kind(a: Scalar, b: Scalar, left: Shape, right: Shape) -> Sql:
    a, b = aligned([a, b])
    if isinstance(left, Known) or isinstance(right, Known):
        return lift(lambda x, y: ibis.coalesce(x == y, False), a.sql, b.sql)
    return lift(_identical, a.sql, b.sql)


def _identical(one: Any, other: Any) -> Any:
    """`IS NOT DISTINCT FROM` as a call: the operator is written without brackets inside another one."""
    return ibis.coalesce(one == other, ibis.coalesce(one, other).isnull())


def _of_two_kinds(a: Scalar, b: Scalar, left: Shape, right: Shape) -> Sql:
    """No answer unless one is null: a value is not null, and two nulls are equal."""
    unanswered = FALSE if a.kind in MOMENTS and b.kind in MOMENTS else UNKNOWN
    one, other = null(left), null(right)
    return when(both([one, other]), TRUE, when(either([one, other]), FALSE, unanswered))


def _structured(one: Shape, other: Shape) -> Sql:
    items, others = listed(one), listed(other)
    if items is not None and others is not None:
        if len(items) != len(others):
            return FALSE
        return _all(zip(items, others, strict=True))
    if items is not None and len(items) == 1:
        return equal(items[0], other)
    if isinstance(one, Record) and isinstance(other, Record) and not (one.absent or other.absent):
        if one.entries.keys() != other.entries.keys():
            return FALSE
        return _all((one.entries[name], other.entries[name]) for name in one.entries)
    raise Refused("these can't be compared in SQL", "SQL 中无法比较这两者")


def _all(pairs: Any) -> Sql:
    return both([equal(one, other) for one, other in pairs])


def listed(shape: Shape) -> tuple[Shape, ...] | None:
    """The items of a list of known length."""
    if isinstance(shape, Listing):
        return shape.items
    if isinstance(shape, Known) and isinstance(shape.value, list):
        return tuple(map(Known, shape.value))
    return None


def compared(sign: str, left: Shape, right: Shape) -> Sql:
    """`left sign right` for any sign."""
    if sign == "=":
        return equal(left, right)
    if sign == "!=":
        return negated(equal(left, right))
    if isinstance(left, Known) and isinstance(right, Known):
        return truth(Known(compared_values(sign, left.value, right.value)))
    if isinstance(left, Interval | Record | Gathered) or isinstance(right, Interval | Record | Gathered):
        return UNKNOWN
    if is_null(left) or is_null(right) or _many(left) or _many(right):
        return UNKNOWN
    return _ordered(sign, scalar(left), scalar(right))


def _many(shape: Shape) -> bool:
    items = listed(shape)
    return items is not None and len(items) != 1


def _ordered(sign: str, a: Scalar, b: Scalar) -> Sql:
    mixed = a.kind != b.kind
    if mixed and not (a.kind in MOMENTS and b.kind in MOMENTS):
        return UNKNOWN
    if a.kind not in ORDERED:
        return UNKNOWN
    if mixed:  # a moment of no zone takes that of the other; but never equals it
        sign = sign[0]
        a, b = (Scalar(UTC, each.sql) for each in (a, b))
    a, b = aligned([a, b])
    return lift(_SIGNS[sign], a.sql, b.sql)


_SIGNS: dict[str, Any] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def within(interval: Interval, value: Shape) -> Sql:
    """Whether the value lies in the range."""
    parts = []
    if interval.start is not None:
        parts.append(compared(">=" if interval.start_included else ">", value, interval.start))
    if interval.end is not None:
        parts.append(compared("<=" if interval.end_included else "<", value, interval.end))
    return both(parts)


def meets(value: Shape, wanted: Shape) -> Sql:
    """Whether a value equals what is wanted, or lies in it."""
    if isinstance(wanted, Interval):
        return within(wanted, value)
    if isinstance(wanted, Gathered):
        return either([both([there, certainly(equal(value, each))]) for there, each in wanted.items])
    items = listed(wanted)
    if items is None:
        return equal(value, wanted)
    own = listed(value)
    whole = [certainly(equal(value, wanted))] if own is not None else []
    return either([*whole, *(certainly(_item(value, each)) for each in items)])


def _item(value: Shape, item: Shape) -> Sql:
    return within(item, value) if isinstance(item, Interval) else equal(value, item)
