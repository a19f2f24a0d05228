"""List functions over lists of known length, and over items each of which may be there or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.sql import logic, numbers
from shuzhi.support.decisions.sql.expressions import Writer
from shuzhi.support.decisions.sql.literals import FALSE, TRUE, aligned, as_number, literal, scalar
from shuzhi.support.decisions.sql.shapes import (
    NULL,
    NUMBER,
    Digits,
    Gathered,
    Known,
    Listing,
    Refused,
    Scalar,
    Shape,
    Sql,
    is_null,
    lift,
)

Items = Sequence[tuple[Sql, Shape]]


def items_of(arguments: Sequence[Shape]) -> Items | None:
    """The items of the one list, or the arguments themselves; None for null."""
    if len(arguments) != 1:
        return [(TRUE, each) for each in arguments]
    one = arguments[0]
    if isinstance(one, Gathered):
        if one.null_if_empty:
            raise Refused(
                "a list that is null when empty is not made into SQL", "空时为空值的列表不能用于 SQL 函数"
            )
        return one.items
    items = logic.listed(one)
    if items is None:
        if is_null(one):
            return None
        items = (one,)
    return [(TRUE, each) for each in items]


def _always(items: Items) -> bool:
    return all(there is TRUE for there, _ in items)


def _counted(there: Sequence[Sql]) -> Scalar:
    made = lift(lambda *each: reduce(lambda a, b: a + b, (x.cast(dt.int64) for x in each)), *there)
    return Scalar(NUMBER, made, Digits(10, 0, integer=True))


def count(_: Writer, arguments: Sequence[Shape]) -> Shape:
    """How many items."""
    if len(arguments) != 1:
        return NULL
    one = arguments[0]
    items = items_of(arguments)
    if items is None:
        return NULL
    if isinstance(one, Scalar):
        single = lift(lambda x: ibis.ifelse(x.isnull(), ibis.null(dt.int64), 1), one.sql)
        return Scalar(NUMBER, single, Digits(1, 0, integer=True))
    if _always(items):
        return Known(Decimal(len(items)))
    return _counted([there for there, _ in items])


def extreme(items: Items, *, least: bool) -> Shape:
    """The least or greatest of the items that are there; null of none, or if one of them is null."""
    shapes = [shape for _, shape in items]
    if not items or any(is_null(each) and there is TRUE for there, each in items):
        return NULL
    columns = aligned(shapes)
    if columns[0].kind not in logic.ORDERED:
        return NULL
    pick = ibis.least if least else ibis.greatest
    values = [_present(there, each.sql) for (there, _), each in zip(items, columns, strict=True)]
    best = lift(lambda *made: pick(*made) if len(made) > 1 else made[0], *values)
    bad = _some_null(items, columns)
    made = best if bad is FALSE else lift(lambda x, gone: ibis.ifelse(gone, x.nullif(x), x), best, bad)
    return Scalar(columns[0].kind, made, columns[0].digits, all(each.exact for each in columns))


def _present(there: Sql, value: Sql) -> Sql:
    return value if there is TRUE else lift(lambda a, b: ibis.ifelse(a, b, b.nullif(b)), there, value)


def _some_null(items: Items, columns: Sequence[Scalar]) -> Sql:
    return logic.either(
        [logic.both([there, logic.null(shape) if isinstance(shape, Known) else logic.null(column)])
         for (there, shape), column in zip(items, columns, strict=True)]
    )  # fmt: skip


def total(items: Items) -> Shape:
    """The sum of the items that are there; null of none, or if one of them is no number."""
    if not items:
        return NULL
    found = [None if is_null(each) else scalar(each) for _, each in items]
    if any((each is None or each.kind != NUMBER) and there is TRUE
           for (there, _), each in zip(items, found, strict=True)):  # fmt: skip
        return NULL
    if any(each is not None and each.kind != NUMBER for each in found):
        raise Refused("a sum over items that are no numbers", "求和的项不是数字")
    columns = aligned([shape for _, shape in items])
    if _always(items):
        return reduce(numbers.add, columns)
    zero = Scalar(NUMBER, literal(0, dt.int64), Digits(1, 0, integer=True))
    parts = []
    for (there, _), each in zip(items, columns, strict=True):
        none = as_number(zero, each.digits)
        chosen = lift(ibis.ifelse, there, each.sql, none.sql)
        parts.append(Scalar(NUMBER, chosen, each.digits, each.exact))
    added = reduce(numbers.add, parts)
    nobody = logic.negated(logic.either([there for there, _ in items]))
    made = lift(lambda gone, x: ibis.ifelse(gone, x.nullif(x), x), nobody, added.sql)
    return Scalar(NUMBER, made, added.digits, added.exact)


def _over_items(make: Callable[[Items], Shape]) -> Callable[[Writer, Sequence[Shape]], Shape]:
    def function(_: Writer, arguments: Sequence[Shape]) -> Shape:
        items = items_of(arguments)
        return NULL if items is None else make(items)

    return function


def _product(_: Writer, arguments: Sequence[Shape]) -> Shape:
    columns = _numbers(arguments)
    return NULL if columns is None else reduce(numbers.multiply, columns)


def _mean(writer: Writer, arguments: Sequence[Shape]) -> Shape:
    columns = _numbers(arguments)
    if columns is None:
        return NULL
    count_ = scalar(Known(Decimal(len(columns))))
    return numbers.divide(reduce(numbers.add, columns), count_, writer.sheet.keep)


def _numbers(arguments: Sequence[Shape]) -> list[Scalar] | None:
    """All items as numbers; None where one never is, or there is none."""
    items = items_of(arguments)
    if not items:
        return None
    if not _always(items):
        raise Refused("this function over a filtered list is not made into SQL", "筛选后的列表不能用于该函数")
    if any(is_null(each) or scalar(each).kind != NUMBER for _, each in items):
        return None
    return [scalar(each) for _, each in items]


def _truths(*, deciding: bool) -> Callable[[Writer, Sequence[Shape]], Shape]:
    def function(_: Writer, arguments: Sequence[Shape]) -> Shape:
        items = items_of(arguments)
        if items is None:
            return NULL
        if deciding:
            return logic.boolean(logic.either([logic.both([a, logic.truth(b)]) for a, b in items]))
        return logic.boolean(logic.both([logic.either([logic.negated(a), logic.truth(b)]) for a, b in items]))

    return function


def _contains(_: Writer, arguments: Sequence[Shape]) -> Shape:
    if len(arguments) != 2 or is_null(arguments[0]):  # noqa: PLR2004 - list and element
        return NULL
    if isinstance(arguments[0], Scalar):
        raise Refused("“list contains” needs a list of known length", "list contains 需要长度已知的列表")
    items = items_of(arguments[:1]) or ()
    element = arguments[1]
    return logic.boolean(
        logic.either([logic.both([a, logic.certainly(logic.equal(b, element))]) for a, b in items])
    )


def _fixed(argument: Shape) -> tuple[Shape, ...] | None:
    """The items of a list of known length; null has none."""
    if is_null(argument):
        return None
    items = logic.listed(argument)
    if items is None:
        raise Refused("SQL has lists of known length only", "SQL 只支持长度已知的列表")
    return items


def _append(_: Writer, arguments: Sequence[Shape]) -> Shape:
    items = _fixed(arguments[0])
    return NULL if items is None else Listing((*items, *arguments[1:]))


def _concatenate(_: Writer, arguments: Sequence[Shape]) -> Shape:
    several = [_fixed(each) for each in arguments]
    if any(each is None for each in several):
        return NULL
    return Listing(tuple(item for each in several if each is not None for item in each))


def _reverse(_: Writer, arguments: Sequence[Shape]) -> Shape:
    items = _fixed(arguments[0])
    return NULL if items is None or len(arguments) != 1 else Listing(items[::-1])


FUNCTIONS: Mapping[str, Callable[[Writer, Any], Shape]] = {
    "count": count,
    "min": _over_items(lambda items: extreme(items, least=True)),
    "max": _over_items(lambda items: extreme(items, least=False)),
    "sum": _over_items(total),
    "product": _product,
    "mean": _mean,
    "all": _truths(deciding=False),
    "any": _truths(deciding=True),
    "list contains": _contains,
    "append": _append,
    "concatenate": _concatenate,
    "reverse": _reverse,
}
